#!/usr/bin/env python3
"""A hostile client: every sentence of the protocol (the examples of tests/vectors, which must name every verb of proto/wire/signal_verb.c)
with wrong types, sizes, identifiers, rights and order; every offer of tests/vectors cut and twisted; one link a hundred times; uploads
that lie. Whatever it says, it speaks with its own rights alone: seat, floor, microphone, hand and page of all others stay as they are."""
import copy
import json
import os
import random
import re
import ssl
import sys
import threading

from aula_bench import Relay, endless, source, until
from guards_lib import Rows, WebSocket, equal, get, request, true
from member import Member

rows = Rows()
SEED = 11
OFFERS = 240        # twisted, for all descriptions together
COMMANDS_A_LINE = 35  # a connection may say some 40 at once
CSP = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
WRONG = [None, True, -1, 0, 1.5, 1e300, 2**32, 2**53 + 2, "", "9", "x" * 3000, "\u0000", "\u202e\u2066\u0007", "../../etc/passwd", "<script>", [], [9], {}, {"who": 1}, [[[[]]]]]
NEVER = ("hello", "peek")  # a member does not say them twice: `order` has them


def examples():
    with open(source("tests/vectors/sentences.json"), encoding="utf-8") as f:
        client = [row["sentence"] for row in json.load(f)["client"] if row["valid"]]
    unique = {json.dumps([s["kind"], s.get("verb"), sorted(s)]): s for s in client}
    return list(unique.values())


def verbs():
    with open(source("proto/wire/signal_verb.c"), encoding="utf-8") as f:
        return set(re.findall(r'\[VERB_\w+\] = \{"([a-z-]+)"', f.read()))


def variants(sentence, numbers, deck):
    """The sentence as it is towards everyone, then each member wrong in every way, missing, and twice."""
    base = copy.deepcopy(sentence)
    if "deck" in base:
        base["deck"] = deck
    yield from ((json.dumps({**base, "who": n}) for n in numbers) if "who" in base else [json.dumps(base)])
    for member in [m for m in base if m not in ("kind", "id", "verb")]:
        for value in WRONG:
            yield json.dumps({**base, member: value})
        rest = {k: v for k, v in base.items() if k != member}
        yield json.dumps(rest)
        yield json.dumps(rest)[:-1] + f', "{member}": 1, "{member}": {json.dumps(base[member])}}}'
        if isinstance(base[member], int):
            yield json.dumps(rest)[:-1] + f', "{member}": 1{"0" * 400}}}'


class Session:
    """A chair, a lecture and a listener who must notice nothing; the hostile one is made by the rows."""

    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("A hostile client", rooms=["Aula"])
        self.deck = relay.deck(self.s, source("relay/demo-deck/how-sound-travels.pdf"))
        self.chair = relay.join(relay.link(self.s, "chair", "Ada"), "--no-audio")
        self.listener = relay.join(relay.link(self.s, "trainee", "Bob"), payloads=True)
        self.listener.await_event("sound-up")
        self.listener.say("hand up")
        self.lecturer = relay.join(relay.link(self.s, "lecturer", "Lea"), payloads=True, play=endless("en"))
        relay.join(relay.link(self.s, "room", "Aula", room="Aula"), "--no-audio")
        until(lambda: self.listener.payloads(), "the lecture")
        self.lecturer.say("page 2")
        self.listener.await_event("page", lambda e: e["page"] == 2)
        self.said = 0

    def others(self, name):
        """What no other participant may change."""
        shown = self.relay.show(self.s)
        people = [(p["id"], p["name"], p["role"], p["place"], p["present"], p["floor"], p["muted"], p["hand"], p["queue"], p["pinned"])
                  for p in shown["participants"] if p["name"] != name]
        return people, shown["state"], [d["id"] for d in shown["decks"]]

    def unharmed(self):
        """A message goes from the chair to the listener, and the lecture has no gap."""
        self.said += 1
        self.chair.say(f"chat message {self.said}")
        self.listener.await_event("chat", lambda e: e["text"] == f"message {self.said}")
        mark = len(self.listener.payloads())
        until(lambda: len(self.listener.payloads()) > mark + 10, "the lecture goes on")
        heard = [p["seq"] for p in self.listener.payloads() if p["dir"] == "in"]
        equal({(b - a) % 65536 for a, b in zip(heard, heard[1:])}, {1}, "steps of the listener's numbers")


class Hostile:
    """One link, used again whenever its connection was cut. Counts what became of what it said."""

    def __init__(self, session, role, **where):
        self.name = f"Mallory the {role}"
        self.session, self.url = session, session.relay.link(session.s, role, self.name, **where)
        self.line, self.used = None, 0
        self.answers = {"done": 0, "refused": 0, "bye": 0, "closed": 0, "answer": 0, "nothing": 0}

    def say(self, text):
        """Says it and waits for what comes of it, on a new line where the one before was cut or has said enough."""
        if self.line is None or self.used >= COMMANDS_A_LINE:
            self.close()
            self.line, self.used = Member(self.session.relay, self.url), 0
            equal(self.line.welcome["kind"], "welcome", f"what {self.name} is told when he comes back")
        self.used += 1
        self.line.ws.frame(text.encode())
        kind = self.reply() if '"do"' in text or '"offer"' in text else self.reply_to_signal()
        self.answers[kind] += 1
        if kind in ("bye", "closed"):
            self.close()

    def reply(self):
        while (kind := self.line.hear()["kind"]) not in self.answers:
            pass
        return kind

    def reply_to_signal(self):
        """A signal that is right is not answered. What is said after it is, so whatever comes of the signal has come by then."""
        self.used += 1
        try:
            mark = self.line.do("hand-down")
        except OSError:
            return "closed"
        kind = "nothing"
        while True:
            said = self.line.hear()
            if said["kind"] in ("bye", "closed"):
                return said["kind"]
            if said["kind"] in ("done", "refused") and said.get("id") == mark:
                return kind
            if said["kind"] in self.answers:
                kind = said["kind"]

    def close(self):
        if self.line:
            self.line.close()
        self.line = None


def everything(session, role, **where):
    hostile = Hostile(session, role, **where)
    before = session.others(hostile.name)
    page = session.relay.show(session.s)["page"]
    numbers = [p[0] for p in before[0]] + [0, 99]
    for sentence in examples():
        if sentence["kind"] not in NEVER:
            for text in variants(sentence, numbers, session.deck):
                hostile.say(text)
    hostile.close()
    print(f"# {role}: {hostile.answers}", flush=True)
    equal(session.others(hostile.name), before, f"the others after {hostile.name}")
    if role != "lecturer":
        equal(session.relay.show(session.s)["page"], page, "the page")
    true(hostile.answers["refused"] > 100, "most of it is refused, in words")
    session.unharmed()


@rows.row
def complete(_):
    """every verb of the protocol has an example that is tried here"""
    tried = {s["verb"] for s in examples() if s["kind"] == "do"}
    equal(verbs() - tried, set(), "verbs without an example in tests/vectors/sentences.json")


@rows.row
def trainee(session):
    """all that a trainee may say, to everyone, right and wrong: nobody else is changed"""
    everything(session, "trainee")


@rows.row
def companion(session):
    """the same from a hall, as its companion"""
    everything(session, "trainee", room="Aula")


@rows.row
def lecturer(session):
    """the same by a lecturer, who may turn pages and nothing else"""
    everything(session, "lecturer")


@rows.row
def order(session):
    """sentences before the hello, a hello twice, a peek within: refused or the end, never a right"""
    before = session.others("Mallory")
    token = session.relay.link(session.s, "trainee", "Mallory").rsplit("/", 1)[1]
    for sentence in examples():
        if sentence["kind"] in NEVER:
            continue
        ws = WebSocket(session.relay.port)
        ws.say(sentence)
        heard = ws.hear()
        true(isinstance(heard, tuple) or json.loads(heard)["kind"] == "bye", f"before the hello {sentence} is answered {heard}")
        ws.close()
    for sentence in [{"kind": "hello", "v": 1, "token": token}, {"kind": "peek", "token": token}, {"kind": "welcome", "you": 1}, {"kind": "events", "events": []}]:
        m = Member(session.relay, f"/{token}")
        m.ws.say(sentence)
        try:
            m.answer(m.do("hand-down"))
        except (ConnectionError, ssl.SSLError, EOFError):
            pass
        m.close()
    equal(session.others("Mallory"), before, "the others")
    session.unharmed()


def twist(sdp, dice):
    """One description, spoilt: lines lost, doubled, swapped, cut; numbers without bounds; bytes of any kind."""
    lines = sdp.split("\r\n")
    for _ in range(dice.randrange(1, 4)):
        i, kind = dice.randrange(len(lines)), dice.randrange(7)
        if kind == 0:
            del lines[i]
        elif kind == 1:
            lines.insert(i, lines[i])
        elif kind == 2:
            j = dice.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == 3:
            lines[i] = lines[i][: dice.randrange(len(lines[i]) + 1)]
        elif kind == 4:
            lines[i] = re.sub(r"\d+", lambda _: str(dice.choice([0, -1, 65536, 2**31, 2**64, 10**40])), lines[i], count=1)
        elif kind == 5:
            lines[i] += dice.choice(["\u202e", "\u0001", "a" * 4000, " %s%n", "=\n", "ü"])
        else:
            lines[i:] = lines[i:] * 3
        lines = lines or [""]
    return "\r\n".join(lines)[:50000]


@rows.row
def offers(session):
    """every browser's and library's offer, whole, cut at every line, and twisted: an answer or a sentence, and the relay lives"""
    dice = random.Random(SEED)
    folder = source("tests/vectors")
    whole = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".sdp"):
            with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
                whole.append("\r\n".join(f.read().splitlines()) + "\r\n")
    true(len(whole) >= 6, "offers to begin with")
    bad = ["\r\n".join(sdp.split("\r\n")[:n]) for sdp in whole for n in range(0, len(sdp.split("\r\n")), 5)]
    bad += [twist(dice.choice(whole), dice) for _ in range(OFFERS)]
    hostile = Hostile(session, "trainee")
    before = session.others(hostile.name)
    for sdp in whole + bad:
        hostile.say(json.dumps({"kind": "offer", "sdp": sdp}))
    hostile.close()
    print(f"# {len(whole + bad)} offers: {hostile.answers}", flush=True)
    true(hostile.answers["answer"] >= len(whole), "whole offers are answered")
    equal(session.others(hostile.name), before, "the others")
    session.unharmed()


@rows.row
def hundred(session):
    """a hundred joins with one link at once: one seat, one of them in it, the others told so"""
    url = session.relay.link(session.s, "trainee", "Hydra")
    members, lock = [], threading.Lock()

    def join():
        m = Member(session.relay, url)
        with lock:
            members.append(m)

    threads = [threading.Thread(target=join) for _ in range(100)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for m in members:
        true(m.welcome["kind"] == "welcome" or m.welcome.get("why") == "replaced", f"one of them was told {m.welcome}")
    equal(len({m.number for m in members if m.number}), 1, "seats")
    alive = 0
    for m in members:
        try:
            alive += m.answer(m.do("hand-down"))["kind"] == "done"
        except (ConnectionError, ssl.SSLError, EOFError):
            true(any(o["kind"] == "bye" and o["why"] == "replaced" for o in m.other), f"one of them was told {m.other[-1:]}")
        m.close()
    equal(alive, 1, "connections that hold the seat")
    equal(len([p for p in session.relay.show(session.s)["participants"] if p["name"] == "Hydra"]), 1, "participants of that name")
    session.unharmed()


@rows.row
def uploads(session):
    """files that are something else than they say: refused in words; nothing but pictures and JSON is ever served from /d/"""
    token = session.relay.link(session.s, "lecturer", "Forger").rsplit("/", 1)[1]
    with open(source("relay/demo-deck/how-sound-travels.pdf"), "rb") as f:
        pdf = f.read()
    lies = [(b"<html><script>alert(1)</script>", "application/pdf"), (b"%PDF-1.7\n<html><script>alert(1)</script>", "application/pdf"), (b"\x89PNG\r\n\x1a\n" + b"0" * 500, "application/pdf"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/pdf"), (b"PK\x03\x04" + b"0" * 500, "application/pdf"), (b"", "application/pdf"), (pdf, "text/html"), (pdf, "image/svg+xml")]
    decks = session.others("Forger")[2]
    for body, kind in lies:
        head = ["POST /api/v1/decks HTTP/1.1", "Host: localhost", "Connection: close", f"Authorization: Bearer {token}", f"Content-Type: {kind}",
                "X-Aula-Title: %3Cscript%3Ealert(1)%3C/script%3E", f"Content-Length: {len(body)}"]
        status, headers, answer = request(session.relay.port, head, body)
        true(400 <= status < 500, f"{body[:20]} as {kind}: {status}")
        true(json.loads(answer)["error"].endswith("."), f"{body[:20]} as {kind}: {answer}")
        equal(headers["content-type"].split(";")[0], "application/json", "the answer's type")
    equal(session.others("Forger")[2], decks, "decks")
    for name in os.listdir(os.path.join(session.relay.data, "decks")):
        if not name.startswith("."):
            _, headers, _ = get(session.relay.port, f"/d/{name}")
            true(headers["content-type"].split(";")[0] in ("image/webp", "application/json"), f"/d/{name} is {headers['content-type']}")
    session.unharmed()


@rows.row
def policy(session):
    """the page's policy is exact and stands on every answer, right or wrong"""
    deck = next(n for n in os.listdir(os.path.join(session.relay.data, "decks")) if n.endswith(".json"))
    for path in ("/", "/j/x", "/main.js", "/style.css", f"/d/{deck}", "/d/none", "/healthz", "/nowhere", "/api/v1/decks"):
        _, headers, _ = get(session.relay.port, path)
        equal(headers.get("content-security-policy"), CSP, f"the policy of {path}")
        equal(headers.get("x-content-type-options"), "nosniff", f"sniffing of {path}")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Session(the_relay))
    sys.exit(status)
