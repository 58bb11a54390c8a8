#!/usr/bin/env python3
"""Tokens: wrong, expired, revoked and used twice; a locked session. Each is told in a sentence, and nobody else notices."""
import os
import sys
import time

from aula_bench import Relay
from guards_lib import Rows, WebSocket, equal, true
from member import Member

rows = Rows()


class Session:
    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("Tokens")
        self.chair = Member(relay, relay.link(self.s, "chair", "Ada"))

    def link(self, name, role="trainee"):
        return self.relay.link(self.s, role, name)

    def bye(self, url, why, part):
        """A raw client hears bye with that reason and a sentence, and then the end; `aula` exits with 1."""
        m = Member(self.relay, url)
        told = m.welcome
        equal((told["kind"], told.get("why"), told.get("again")), ("bye", why, False), f"what {url[-50:]} is told")
        true(part in told["text"] and told["text"].endswith("."), f"the sentence {told['text']!r}")
        equal(m.hear()["kind"], "closed", "then")
        native = self.relay.join(url, "--no-audio", welcome=False)
        equal(native.wait(), 1, "exit status of aula")
        true(len(native.errors().strip().splitlines()) == 1, f"aula says {native.errors()}")

    def unharmed(self):
        true(self.chair.must("chat", text="still here") > 0, "the chair is served")


@rows.row
def wrong(s):
    """wrong tokens: unknown, cut, empty, too long, of strange characters"""
    good = s.link("Eve")
    base = good.rsplit("/", 1)[0]
    for token in ("x" * 43, good.rsplit("/", 1)[1][:-1], good.rsplit("/", 1)[1] + "x"):
        s.bye(f"{base}/{token}", "token", "link")
    for token in ("", "x" * 5000, "\x00\x01", "ü" * 40, "../../etc/passwd", "' OR 1=1 --"):
        told = Member(s.relay, f"{base}/").welcome if not token else raw_hello(s.relay, token)
        equal(told["kind"], "bye", f"token {token[:20]!r}")
    equal(Member(s.relay, good).welcome["kind"], "welcome", "the good one still joins")
    s.unharmed()


def raw_hello(relay, token):
    """What a hello with this very token is told, whatever is in it."""
    m = Member.__new__(Member)
    m.ws, m.events, m.other, m.ids = WebSocket(relay.port), [], [], 0
    m.say(kind="hello", v=1, token=token, agent="test")
    return m.hear()


@rows.row
def expired(s):
    """a link that expires: who is in when it does stays, nobody joins with it later"""
    for seconds in (2, 10, 50):
        end = time.monotonic() + seconds
        url = s.relay.ctl("link", "--session", s.s, "--role", "trainee", "--name", f"Brief {seconds}", "--expires", f"{seconds}s")["url"]
        m = Member(s.relay, url)
        if time.monotonic() < end:
            break  # he was in before it ended, whatever else this machine has to do
        m.close()
    equal(m.welcome["kind"], "welcome", "before")
    time.sleep(end - time.monotonic() + 1)
    true(m.must("chat", text="I am in") > 0, "who is in")
    m.close()
    s.bye(url, "token", "expired")
    s.unharmed()


@rows.row
def revoked(s):
    """a revoked link: who joined with it is removed, and cannot come back"""
    url = s.link("Mallory")
    m = Member(s.relay, url)
    s.relay.ctl("link", "revoke", "--session", s.s, "--person", m.number)
    while (told := m.hear())["kind"] not in ("bye", "closed"):
        pass
    equal((told["kind"], told["why"], told["again"]), ("bye", "removed", False), "what he is told")
    m = Member(s.relay, url)
    true(m.welcome["kind"] == "bye" and not m.welcome["again"], f"afterwards: {m.welcome}")
    unused = s.link("Never came")
    number = next(x["number"] for x in s.relay.ctl("link", "list", "--session", s.s)["links"] if x["name"] == "Never came")
    s.relay.ctl("link", "revoke", "--session", s.s, "--person", number)
    s.bye(unused, "token", "link")
    s.unharmed()


@rows.row
def removed(s):
    """who was removed by a chair cannot come back with his link"""
    url = s.link("Noisy")
    m = Member(s.relay, url)
    s.chair.must("remove", who=m.number)
    while (told := m.hear())["kind"] != "bye":
        pass
    equal(told["why"], "removed", "what he is told")
    equal(Member(s.relay, url).welcome["kind"], "bye", "afterwards")
    s.unharmed()


@rows.row
def taken_over(s):
    """the same link from another place takes over the seat; hand and number stay, the first is told"""
    url = s.link("Bob")
    first = Member(s.relay, url)
    first.must("hand-up")
    second = Member(s.relay, url)
    equal(second.number, first.number, "the seat")
    me = next(p for p in second.welcome["session"]["participants"] if p["id"] == second.number)
    true(me["hand"] and me["present"], f"his state: {me}")
    while (told := first.hear())["kind"] != "bye":
        pass
    equal((told["why"], told["again"]), ("replaced", False), "what the first is told")
    equal(first.hear()["kind"], "closed", "then")
    true(second.must("chat", text="It is me") > 0, "the second is served")
    equal([p["id"] for p in s.relay.show(s.s)["participants"] if p["name"] == "Bob"], [second.number], "one Bob")


@rows.row
def taken_over_in_turn(s):
    """twenty take-overs of one seat, one after the other: the last holds it"""
    url = s.link("Zoe")
    members = [Member(s.relay, url) for _ in range(20)]
    equal({m.number for m in members}, {members[0].number}, "numbers")
    true(members[-1].must("hand-up") > 0, "the last")
    for m in members[:-1]:
        while (told := m.hear())["kind"] not in ("bye", "closed"):
            pass
        equal(told.get("why"), "replaced", "one of the others")
    s.unharmed()


@rows.row
def native_taken_over(s):
    """aula, taken over, ends with 1 and says why; it does not fight for the seat"""
    url = s.link("Kim")
    first = s.relay.join(url, "--no-audio")
    second = Member(s.relay, url)
    equal(first.wait(), 1, "exit status")
    true(b"same link" in first.errors(), f"it says {first.errors()}")
    true(second.must("chat", text="mine") > 0, "the second is served")


@rows.row
def locked(s):
    """a locked session: nobody new, who was there comes back"""
    known = s.link("Known")
    Member(s.relay, known).close()
    s.chair.must("lock")
    new = s.link("New")
    told = Member(s.relay, new).welcome
    true(told["kind"] == "bye" and "locked" in told["text"], f"somebody new: {told}")
    native = s.relay.join(new, "--no-audio", welcome=False)
    equal(native.wait(), 1, "exit status of aula")
    true(b"locked" in native.errors(), f"it says {native.errors()}")
    equal(Member(s.relay, known).welcome["kind"], "welcome", "who was there")
    s.chair.must("unlock")
    equal(Member(s.relay, new).welcome["kind"], "welcome", "after the lock")


@rows.row
def ended(s):
    """a session that ended lets nobody in, and its link says so"""
    over = s.relay.session("Over")
    url = s.relay.link(over, "trainee", "Late")
    s.relay.ctl("end", "--session", over)
    told = Member(s.relay, url).welcome
    equal((told["kind"], told["why"]), ("bye", "ended"), "what is told")
    s.unharmed()


@rows.row
def not_kept(s):
    """no token lies in the data folder or in the log"""
    token = s.link("Secret").rsplit("/", 1)[1].encode()
    for folder, _, files in os.walk(s.relay.data):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    true(token not in f.read(), f"the token lies in {name}")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Session(the_relay))
    sys.exit(status)
