#!/usr/bin/env python3
"""/api/v1 against a real relay: its description and its routes, live answers against the schemas, rights, conditions, keys that
are used twice, wrong tokens, bad requests; and aulactl said both ways."""
import base64
import hmac
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time

import jsonschema

from aula_bench import PATIENCE_S, Relay, environment, program, source, until
from guards_lib import Rows, equal, read_response, tls, true

rows = Rows()
pdfs = sys.argv[1]
with open(source("proto/openapi.json"), encoding="utf-8") as f:
    DESCRIPTION = json.load(f)
WITHOUT_TOKEN = {("get", "/openapi.json"), ("post", "/decks")}  # not of the table: the description itself, and a lecturer's own deck


def table():
    """(method, path, verb, right) of every route of the relay's table."""
    with open(source("proto/wire/api_routes.c"), encoding="utf-8") as f:
        text = re.sub(r"\s+", " ", f.read())
    found = re.findall(r'\.method = API_(\w+), \.path = "([^"]+)", \.verb = "([^"]+)", \.right = API_(\w+)', text)
    return [(m.lower(), p, v, r.lower()) for m, p, v, r in found]


def resolve(what):
    """A description without references at its top."""
    while "$ref" in what:
        at = DESCRIPTION
        for part in what["$ref"].split("/")[1:]:
            at = at[part]
        what = at
    return what


def valid(schema, value, what):
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DESCRIPTION["components"], **schema}
    problems = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
    true(not problems, f"{what}: {[p.message for p in problems[:3]]}")


class Api:
    """Requests with a token; each answer is held against the description."""
    seen = set()  # operations that were answered with success

    def __init__(self, relay, token):
        self.relay, self.token = relay, token

    def raw(self, method, path, body=None, **headers):
        c = http.client.HTTPSConnection("127.0.0.1", self.relay.port, timeout=60, context=ssl._create_unverified_context())
        names = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            names.setdefault("Authorization", "Bearer " + self.token)
        c.request(method, "/api/v1" + path, body, names)
        answer = c.getresponse()
        data = answer.read()
        c.close()
        return answer.status, answer.headers, data

    def __call__(self, method, route, body=None, query="", status=200, raw_body=None, headers=None, **values):
        path = re.sub(r"\{(\w+)\}", lambda m: str(values[m.group(1)]), route)
        operation = DESCRIPTION["paths"][route][method]
        text = raw_body if raw_body is not None else json.dumps(body) if method == "post" else None
        if body is not None and status < 400:
            valid(operation["requestBody"]["content"]["application/json"]["schema"], body, f"{method} {route}: what is asked")
        got, answered, data = self.raw(method.upper(), path + query, text, **(headers or {}))
        equal(got, status, f"{method} {path}{query} ({data[:300]!r}): status")
        true(str(got) in operation["responses"], f"{method} {route}: {got} is in the description")
        content = resolve(operation["responses"][str(got)]).get("content")
        if not content:
            equal(data, b"", "body")
            return None
        equal(answered["content-type"], "application/json")
        value = json.loads(data)
        valid(content["application/json"]["schema"], value, f"{method} {route}")
        if got < 300:
            Api.seen.add((method, route))
        self.headers = answered
        return value


def token(relay, rights, *more):
    return relay.ctl("token", "create", "--rights", rights, *more)["token"]


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
    people[0].wait(20)
    until(lambda: api.raw("GET", f"/sessions/{s}/recording")[0] == 200, "the recording's folder")
    true("/r/" in api("get", "/sessions/{session}/recording", session=s)["url"], "the recording's link")
    equal([e["n"] for e in api("get", "/sessions/{session}/log", query="?from=3", session=s)["events"][:2]], [3, 4], "log from 3")
    for form in ("json", "csv", "xapi"):
        api("get", "/attendance", query=f"?sessions={s}&threshold=80&format={form}")
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
    import socket
    with socket.socket(socket.AF_UNIX) as c:
        c.connect(os.path.join(relay.data, "control.sock"))
        with c.makefile("rb") as replies:
            for _ in range(1800):
                c.sendall(door)
                true(b"url" in replies.readline(), "a link")
    links = api("get", "/sessions/{session}/links", session=s)["links"]
    equal(len(links), 1800, "links")


@rows.row
def both_ways(relay):
    """aulactl says the same over HTTPS as over the socket"""
    folder = relay.data
    token_file, ca = os.path.join(folder, "token"), os.path.join(folder, "tls.crt")
    with open(token_file, "w", encoding="utf-8") as f:
        f.write(token(relay, "admin") + "\n")

    def web(*words, url=relay.url, file=token_file, trust=("--ca", ca), status=0):
        command = [program("aulactl"), "--url", url, "--token-file", file, *trust, *[str(w) for w in words]]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S * 3, env=environment(), check=False, text=True)
        equal(done.returncode, status, f"{words}: {done.stderr!r}: exit status")
        return done.stdout if status == 0 else done.stderr

    s = web("session", "create", "--title", "Both", "--room", "A", "--room", "B & C").strip()
    equal(relay.show(s)["title"], "Both", "made over HTTPS")
    relay.join(web("link", "--session", s, "--role", "chair", "--name", "Ada & Co/1").strip(), "--no-audio")
    for words in (("list",), ("--json", "list", "--all"), ("link", "list", "--session", s), ("--json", "show", "--session", s), ("log", "verify"),
                  ("log", "show", "--session", s), ("attendance", "--session", s, "--format", "xapi"), ("token", "list"), ("--json", "token", "list")):
        code, out, err = relay.aulactl(*words, json_output=False)
        equal((code, err), (0, ""), f"{words} over the socket")
        equal(web(*words), out, f"{words}")
    top = json.loads(web("--json", "top", "--once", "--session", s))
    equal((top["session"], top["people"][0]["name"]), (s, "Ada & Co/1"), "top")
    web("grant", "--session", s, "--participant", "Ada & Co/1")
    web("timer", "--session", s, "--seconds", 30)
    web("code", "--session", s, "--room", "B & C")
    web("message", "--session", s, "We go on – at “14:00”.")
    deck = web("deck", "add", "--session", s, "--title", "Sätze", os.path.join(pdfs, "good.pdf")).strip()
    equal(relay.show(s)["decks"][0], {"id": deck, "title": "Sätze", "pages": 3}, "the deck")
    web("link", "revoke", "--session", s, "--person", "Ada & Co/1")
    for words in (("mute", "--session", s, "--participant", "nobody"), ("show", "--session", "nosuch"), ("token", "revoke", "--token", 777)):
        code, _, err = relay.aulactl(*words)
        equal(web(*words, status=code), err, f"{words} is refused alike")
    true("without --url" in web("recording", "--session", s, "--out", os.path.join(folder, "out"), status=2), "files of the relay's machine")
    true("not trusted" in web("list", trust=(), status=3), "an unknown certificate")
    true("no relay" in web("list", url="https://127.0.0.1:1", status=3), "nobody there")
    true("cannot be read" in web("list", file="/nosuch", status=2), "no token file")
    with open(token_file, "w", encoding="utf-8") as f:
        f.write("wrong\n")
    true("token" in web("list", status=1), "a wrong token")


def jwt(claims, key=None, header=None):
    def part(value):
        return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()
    signed = part(header or {"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
    return signed + "." + part(hmac.new(key or SECRET, signed.encode(), "sha256").digest())


@rows.row
def portal(relay):
    """a portal's JWT is a join link, and its lecturer's deck is taken; a wrong one is neither"""
    s = relay.session("Portal", rooms=["A"])
    claims = {"sub": "ada@example.org", "name": "Ada", "role": "lecturer", "place": "A", "session": s, "exp": int(time.time()) + 600}
    url = relay.url + "/j/"
    ada = relay.join(url + jwt(claims), "--no-audio")
    again = relay.join(url + jwt(dict(claims, exp=claims["exp"] + 5)), "--no-audio")
    equal(ada.number, again.number, "the same seat")
    for bad in (jwt(claims, key=b"x" * 32), jwt(dict(claims, exp=1)), jwt(claims, header={"alg": "none"}), jwt(dict(claims, session="nosuch"))):
        equal(relay.join(url + bad, "--no-audio", welcome=False).wait(20), 1, "exit status")
    with open(os.path.join(pdfs, "good.pdf"), "rb") as f:
        status, _, data = Api(relay, None).raw("POST", "/decks", f.read(), Authorization="Bearer " + jwt(claims), Content_Type="application/pdf")
    equal((status, json.loads(data)["pages"]), (201, 3), "the deck")
    true(Api(relay, jwt(claims)).raw("GET", "/sessions")[0] in (401, 429), "it is no token of the interface")
    relay.ctl("link", "revoke", "--session", s, "--person", "Ada")
    equal(relay.join(url + jwt(dict(claims, exp=claims["exp"] + 9)), "--no-audio", welcome=False).wait(20), 1, "withdrawn")


@rows.row
def restart(relay):
    """tokens outlive the relay"""
    kept, gone = token(relay, "read"), relay.ctl("token", "create", "--rights", "read")
    relay.ctl("token", "revoke", "--token", gone["number"])
    relay.kill()
    relay.start()
    Api(relay, kept)("get", "/sessions")
    Api(relay, gone["token"])("get", "/sessions", status=401)


@rows.row
def drain(relay):
    """drain over HTTPS ends the relay"""
    api = Api(relay, token(relay, "admin"))
    for s in relay.ctl("list")["sessions"]:
        if s["state"] != "ended":
            relay.ctl("end", "--session", s["id"])
    api("post", "/drain", {})
    equal(relay.process.wait(20), 0, "exit status")


SECRET = os.urandom(48).hex().encode()
with tempfile.NamedTemporaryFile() as secret_file:
    secret_file.write(SECRET + b"\n")
    secret_file.flush()
    with Relay("--jwt-secret-file", secret_file.name) as the_relay:
        status = rows.run(the_relay)
        if the_relay.process.poll() is not None:  # it was drained
            the_relay.process.stdout.close()
            the_relay.process = None
sys.exit(status)
