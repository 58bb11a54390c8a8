#!/usr/bin/env python3
"""/api/v1 against a real relay: its description and its routes, live answers against the schemas, rights, conditions, keys that
are used twice, wrong tokens, bad requests."""
import http.client
import json
import os
import re
import socket
import sys

import jsonschema

from aula_bench import PATIENCE_S, Relay, source, until
from api_lib import DESCRIPTION, WITHOUT_TOKEN, Api, table, token
from guards_lib import Rows, equal, read_response, tls, true

rows = Rows()
pdfs = sys.argv[1]

@rows.row
def description(relay):
    """every route is described with its verb and right, nothing else is, and the relay serves the description without a token"""
    described = {(m, p): o for p, ms in DESCRIPTION["paths"].items() for m, o in ms.items()}
    wanted = {(m, p): (v, r) for m, p, v, r in table()}
    true(len(wanted) > 40, f"the table was read: {len(wanted)}")
    equal(set(described) - set(wanted), WITHOUT_TOKEN, "described beside the table")
    equal(set(wanted) - set(described), set(), "not described")
    for at, (verb, right) in wanted.items():
        equal((described[at]["operationId"], described[at]["x-aula-right"]), (verb, right), f"{at}")
        equal(re.findall(r"\{(\w+)\}", at[1]), [p["name"] for p in described[at].get("parameters", []) if p.get("in") == "path"], f"{at}: path")
    for schema in DESCRIPTION["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    status, headers, data = Api(relay, None).raw("GET", "/openapi.json")
    equal((status, headers["content-type"], json.loads(data)), (200, "application/json", DESCRIPTION), "served")


@rows.row
def every_command_has_a_route(relay):
    """each command of aulactl can be said over HTTPS"""
    with open(source("relay/ctl/commands.c"), encoding="utf-8") as f:
        text = f.read()
    verbs = set(re.findall(r'\.verb = "([^"]+)"', text)) | set(re.findall(r'\n    ABOUT_ONE\("([^"]+)"', text))
    true(len(verbs) > 40, f"{len(verbs)} verbs")
    equal(verbs - {v for _, _, v, _ in table()}, set(), "verbs without a route")


@rows.row
def everything(relay):
    """each operation once, its answers as described"""
    api = Api(relay, token(relay, "admin", "--name", "all"))
    s = api("post", "/sessions", {"title": "Größe", "rooms": ["A"], "planned": True, "record": True}, status=201)["session"]
    chair = api("post", "/sessions/{session}/links", {"role": "chair", "name": "Ada/Bo", "expires_s": 3600}, status=201, session=s)
    links = [api("post", "/sessions/{session}/links", {"role": role, "name": name, "room": room}, status=201, session=s)["url"]
             for role, name, room in (("trainee", "Cy", "A"), ("room", "Hall", "A"))]
    people = [relay.join(url, "--no-audio") for url in [chair["url"]] + links]
    api("get", "/sessions/{session}/links", session=s)
    api("post", "/sessions/{session}/schedule", {"starts": 1900000000000}, session=s)
    api("post", "/sessions/{session}/open", {}, session=s)
    for verb in ("grant", "release", "mute", "ask-unmute", "deputy", "no-deputy", "chair"):
        api("post", f"/sessions/{{session}}/{verb}", {"participant": "Cy"}, session=s)
    for verb in ("pin", "unpin", "open-both", "close-both"):
        api("post", f"/sessions/{{session}}/{verb}", {"participant": people[2].number}, session=s)
    for verb in ("mute-all", "record-stop", "record", "timer-stop"):
        api("post", f"/sessions/{{session}}/{verb}", {}, session=s)
    api("post", "/sessions/{session}/item", {"item": 0}, session=s)
    api("post", "/sessions/{session}/timer", {"seconds": 60, "participant": "Ada/Bo"}, session=s)
    for verb in ("lock", "unlock"):
        api("post", f"/sessions/{{session}}/{verb}", {"what": "chat"}, session=s)
    with open(os.path.join(pdfs, "good.pdf"), "rb") as f:
        deck = api("post", "/sessions/{session}/decks", raw_body=f.read(), status=201, session=s,
                   headers={"Content-Type": "application/pdf", "X-Aula-Title": "Seite%20%C3%9C"})
    api("post", "/sessions/{session}/page", {"deck": deck["deck"], "page": 2}, session=s)
    api("post", "/sessions/{session}/message", {"text": "one\ntwo"}, session=s)
    api("post", "/sessions/{session}/message", {"text": "you", "participant": "Cy"}, session=s)
    equal(people[1].await_event("message")["text"], "you", "to one")
    api("post", "/sessions/{session}/code", {"room": "A"}, session=s)
    api("post", "/sessions/{session}/check-in", {"room": "A", "participant": "Cy"}, session=s)
    shown = api("get", "/sessions/{session}", session=s)["session"]
    equal((shown["decks"][0]["title"], shown["page"]["page"], len(shown["participants"])), ("Seite Ü", 2, 3), "shown")
    api("post", "/sessions/{session}/remove", {"participant": "Cy"}, session=s)
    api("delete", "/sessions/{session}/links", query="?participant=Ada%2FBo", session=s)
    people[0].wait(PATIENCE_S)
    until(lambda: api.raw("GET", f"/sessions/{s}/recording")[0] == 200, "the recording's folder")
    true("/r/" in api("get", "/sessions/{session}/recording", session=s)["url"], "the recording's link")
    equal([e["n"] for e in api("get", "/sessions/{session}/log", query="?from=3", session=s)["events"][:2]], [3, 4], "log from 3")
    for form in ("json", "csv", "xapi"):
        api("get", "/attendance", query=f"?sessions={s}&threshold=80&format={form}")
    api("get", "/attendance", status=409, query="?programme=none")
    api("post", "/sessions/{session}/end", {}, session=s)
    api("get", "/sessions", query="?all=true")
    api("post", "/people/erase", {"person": "Cy", "session": s}, status=409)  # it ended just now
    true(api("get", "/log/verify")["good"], "the log is good")
    api("post", "/backup", {"file": os.path.join(relay.data, "copy.db")})
    made = api("post", "/tokens", {"rights": ["read"], "name": "short", "expires_s": 60}, status=201)
    equal(Api(relay, made["token"])("get", "/sessions").keys(), {"sessions"}, "the new token")
    api("get", "/tokens")
    certificate = api("post", "/certificates", {"person": "ada", "name": "Ada", "title": "Summer", "seconds": 3000, "of": 3600})
    equal(api("get", "/certificates/{number}", number=certificate["number"]), certificate, "the certificate")
    api("get", "/certificates/{number}", number="none", status=409)
    at = {"programme": api("post", "/programmes", {"key": "summer", "title": "Summer", "zone": "Europe/Rome"})["programme"]}
    api("post", "/programmes/{programme}/sessions", {"key": "one", "title": "One", "zone": "Europe/Rome", "starts": 1900000000000, "ends": 1900003600000,
                                                     "rooms": ["A"], "slots": [{"starts": 1900000000000, "seconds": 600}]}, **at)
    api("post", "/programmes/{programme}/people", {"key": "ada", "name": "Ada", "role": "chair", "seats": [{"session": "one", "role": "chair"}]}, **at)
    api("get", "/programmes")
    equal(api("get", "/programmes/{programme}", **at)["programme"]["people"][0]["name"], "Ada", "programme")
    api("delete", "/programmes/{programme}/people", query="?person=ada", **at)
    api("get", "/programmes/{programme}", programme="nosuch", status=409)
    api("get", "/top")
    equal(api("get", "/top", query=f"?session={s}")["session"], s, "one session's people")
    api("get", "/top", query="?session=nosuch", status=409)
    api("delete", "/tokens/{token}", token=made["number"])
    Api(relay, made["token"])("get", "/sessions", status=401)
    left = {(m, p) for m, p, _, _ in table()} - Api.seen
    equal(left, {("post", "/drain"), ("post", "/people/erase")}, "operations that were not tried")


@rows.row
def rights(relay):
    """each operation needs its right, and another right is not enough"""
    holders = {r: Api(relay, token(relay, r)) for r in ("read", "sessions", "people", "admin")}
    for method, path, verb, right in table():
        if verb == "drain":
            continue
        at = path.replace("{session}", "nosuch").replace("{token}", "99").replace("{programme}", "nosuch").replace("{number}", "none")
        for held, api in holders.items():
            status, _, data = api.raw(method.upper(), at, "{}" if method == "post" else None)
            allowed = held in (right, "admin")
            true((status != 403) == allowed and status != 401, f"{method} {path} with {held}: {status}")
            if not allowed:
                true(f"lacks the right {right}" in json.loads(data)["error"], f"{data}")


@rows.row
def conditions(relay):
    """ETag, If-None-Match, If-Match"""
    api = Api(relay, token(relay, "read,sessions"))
    s = relay.session("Conditions")
    api("get", "/sessions/{session}", session=s)
    tag = api.headers["etag"]
    true(re.fullmatch(r'"\d+"', tag), f"the tag {tag}")
    for known, status in ((tag, 304), (f'"7", W/{tag}', 304), ("*", 304), ('"999"', 200), ("nonsense", 200)):
        api("get", "/sessions/{session}", status=status, session=s, headers={"If-None-Match": known})
    api("post", "/sessions/{session}/lock", {}, status=412, session=s, headers={"If-Match": '"999"'})
    equal(relay.show(s)["locked"], False, "nothing was done")
    api("post", "/sessions/{session}/lock", {}, session=s, headers={"If-Match": tag})
    api("post", "/sessions/{session}/unlock", {}, status=412, session=s, headers={"If-Match": tag})
    api("get", "/sessions/{session}", session=s, headers={"If-None-Match": tag})
    true(api.headers["etag"] != tag, "another tag")


@rows.row
def keys(relay):
    """a POST with an Idempotency-Key is carried out once"""
    api, other = Api(relay, token(relay, "sessions,read")), Api(relay, token(relay, "sessions"))
    first = api("post", "/sessions", {"title": "Once"}, status=201, headers={"Idempotency-Key": "k-1"})
    for _ in range(3):
        equal(api("post", "/sessions", {"title": "Once"}, status=201, headers={"Idempotency-Key": "k-1"}), first, "the same answer")
    api("post", "/sessions", {"title": "Twice"}, status=422, headers={"Idempotency-Key": "k-1"})
    true(other("post", "/sessions", {"title": "Once"}, status=201, headers={"Idempotency-Key": "k-1"}) != first, "another token's key is another")
    api("post", "/sessions", {}, status=400, headers={"Idempotency-Key": "k-2"})
    api("post", "/sessions", {}, status=400, headers={"Idempotency-Key": "k-2"})
    api("post", "/sessions", {"title": "x"}, status=400, headers={"Idempotency-Key": "k" * 129})
    equal(sum(s["title"] == "Once" for s in api("get", "/sessions")["sessions"]), 2, "sessions called Once")
    with tls(relay.port) as s:  # who goes away before the answer gets it when he asks again
        body = b'{"title":"Gone"}'
        head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\nIdempotency-Key: gone\r\nContent-Length: {len(body)}\r\n\r\n"
        s.sendall(head.encode() + body)
    until(lambda: api.raw("POST", "/sessions", body, Idempotency_Key="gone")[0] == 201, "its answer; 409 while it is carried out")
    equal(sum(s["title"] == "Gone" for s in api("get", "/sessions")["sessions"]), 1, "sessions called Gone")


@rows.row
def told_rights(relay):
    """an answer tells what its token may do, and only to whoever has one"""
    for rights, told in (("read", "read"), ("people,sessions,read", "read, sessions, people"), ("admin", "admin")):
        api = Api(relay, token(relay, rights))
        api("get", "/top")
        equal(api.headers["aula-rights"], told, f"rights of {rights}")
    equal(Api(relay, None).raw("GET", "/top")[1]["aula-rights"], None, "rights of nobody")


@rows.row
def wrong(relay):
    """what is wrong is refused with a sentence, as the description says"""
    api = Api(relay, token(relay, "admin"))
    s = relay.session("Wrong")
    for method, route, status, more in (
            ("get", "/sessions/{session}", 404, {"session": "nosuch"}),
            ("post", "/sessions/{session}/open", 404, {"session": "nosuch", "body": {}}),
            ("get", "/sessions", 400, {"query": "?all=perhaps"}),
            ("get", "/sessions", 400, {"query": "?verb=drain"}),
            ("get", "/sessions/{session}/log", 400, {"session": s, "query": "?from=-1"}),
            ("get", "/attendance", 400, {}),
            ("post", "/sessions/{session}/mute", 409, {"session": s, "body": {"participant": "nobody"}}),
            ("post", "/sessions/{session}/mute", 400, {"session": s, "body": {"participant": 1, "session": "t"}}),
            ("post", "/sessions/{session}/mute", 400, {"session": s, "raw_body": "{"}),
            ("post", "/sessions/{session}/mute", 400, {"session": s, "raw_body": b'{"participant":"\xff"}'}),
            ("post", "/sessions/{session}/open", 400, {"session": s, "raw_body": '{"verb":"drain"}'}),
            ("post", "/sessions/{session}/message", 413, {"session": s, "raw_body": "x" * 60001}),
            ("post", "/sessions/{session}/decks", 415, {"session": s, "raw_body": "x"}),
            ("delete", "/tokens/{token}", 409, {"token": 999}),
            ("post", "/backup", 400, {"body": {"file": "not-whole"}})):
        api(method, route, status=status, **more)
    for method, path, status in (("GET", "/", 404), ("GET", "/sessions/a/b/c", 404), ("GET", "/sessions//", 404), ("DELETE", "/sessions", 405),
                                 ("GET", "/drain", 405), ("PUT", "/sessions", 400), ("GET", "/sessions/%00", 404), ("GET", "/sessions?" + "a=" + "b" * 3000, 0)):
        try:
            got = api.raw(method, path, "{}" if method == "PUT" else None)[0]
        except (http.client.HTTPException, OSError):
            got = 0
        true(got == status or (status == 0 and got in (0, 400, 414, 431)), f"{method} {path[:40]}: {got}, not {status}")
    equal(relay.show(s)["state"], "open", "the session is as it was")


@rows.row
def wrong_tokens(relay):
    """no token and a wrong one are 401; many wrong ones are 429, and the right one still goes in"""
    good = Api(relay, token(relay, "read"))
    s = relay.session("Tokens")
    join = relay.link(s, "operator", "Op").rsplit("/", 1)[1]
    equal(Api(relay, None).raw("GET", "/sessions")[0], 401, "none")
    statuses = []
    for bad in [join, "A" * 43, "x", "é"] + ["B" * 43] * 12:
        status, headers, data = Api(relay, None).raw("GET", "/sessions", Authorization=("Bearer " + bad).encode())
        true(json.loads(data)["error"].endswith(("one.", "makes.", "minute.")), f"{data}")
        true(status != 401 or headers["www-authenticate"] == "Bearer", "how to come in")
        true(status != 429 or int(headers["retry-after"]) > 0, "when to come again")
        statuses.append(status)
    equal((statuses[:3], statuses[-1]), ([401] * 3, 429), "statuses")
    good("get", "/sessions")


@rows.row
def slow_and_broken(relay):
    """bodies that stop, and callers that go away while their answer is made, harm nobody"""
    api = Api(relay, token(relay, "admin"))
    held = []
    for _ in range(8):
        s = tls(relay.port)
        s.sendall(f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\nContent-Length: 50\r\n\r\n{{\"ti".encode())
        held.append(s)
    for _ in range(30):
        with tls(relay.port) as s:
            s.sendall(f"GET /api/v1/log/verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode())
    for s in held[:4]:
        s.close()
    until(lambda: api.raw("GET", "/sessions")[0] == 200, "an answer")
    s = held[-1]  # the rest of a body that was waited for
    s.sendall(b'tle":"Slow"' + b" " * 34 + b"}")
    equal(read_response(s)[0], 201, "the slow one")
    for s in held[4:]:
        s.close()


@rows.row
def large_answers(relay):
    """an answer of some 100 kB comes whole"""
    api = Api(relay, token(relay, "read,people"))
    s = relay.session("Large")
    door = json.dumps({"verb": "link", "session": s, "role": "trainee", "name": "N" * 60}).encode() + b"\n"
    with socket.socket(socket.AF_UNIX) as c:
        c.connect(os.path.join(relay.data, "control.sock"))
        with c.makefile("rb") as replies:
            for _ in range(1800):
                c.sendall(door)
                true(b"url" in replies.readline(), "a link")
    links = api("get", "/sessions/{session}/links", session=s)["links"]
    equal(len(links), 1800, "links")


with Relay() as the_relay:
    status = rows.run(the_relay)
sys.exit(status)
