#!/usr/bin/env python3
"""A thousand empty sessions in the log: the relay starts with them, and they cost no timer and no CPU."""
import json
import os
import socket
import sys
import time

from aula_bench import Relay, until
from guards_lib import Rows, equal, true
from member import Member

rows = Rows()
SESSIONS = 1000
WATCHED_S = 5
WAKEUPS_MAX = 10  # of all threads in that time: a timer of a second would make 5 each


class Many:
    def __init__(self, relay):
        self.relay = relay
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(os.path.join(relay.data, "control.sock"))
            replies = door.makefile("rb")
            self.ids = []
            for i in range(SESSIONS):
                door.sendall(json.dumps({"verb": "session-create", "title": f"Session {i}", "rooms": [f"Room {i}"], "languages": [], "record": False,
                                         "planned": i % 2 == 1}).encode() + b"\n")
                reply = json.loads(replies.readline())
                true(reply["ok"], f"session {i}: {reply}")
                self.ids.append(reply["session"])
            replies.close()


def wakeups(pid):
    """Times that any thread of it was woken, since it began."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith(("voluntary", "nonvoluntary")))
    return total


def quiet(relay):
    """Once it has come to rest (connections close, what was written is tidied up) nothing wakes it. A timer of a second would leave it no rest."""
    def rests():
        at_first = wakeups(relay.pid)
        time.sleep(1.5)
        return wakeups(relay.pid) == at_first

    until(rests, "rest")
    before = wakeups(relay.pid)
    time.sleep(WATCHED_S)
    more = wakeups(relay.pid) - before
    print(f"# {more} wakeups in {WATCHED_S} s", flush=True)
    true(more <= WAKEUPS_MAX, f"the relay woke {more} times in {WATCHED_S} s")


@rows.row
def restored(many):
    """kill -9 and restart: all thousand are there as they were"""
    before = {x["id"]: (x["title"], x["state"]) for x in many.relay.ctl("list")["sessions"]}
    equal(len(before), SESSIONS, "sessions")
    many.relay.kill()
    begun = time.monotonic()
    many.relay.start()
    print(f"# ready {1000 * (time.monotonic() - begun):.0f} ms after the start", flush=True)
    equal({x["id"]: (x["title"], x["state"]) for x in many.relay.ctl("list")["sessions"]}, before, "sessions")
    equal(set(before), set(many.ids), "ids")


@rows.row
def no_timer(many):
    """they wake the relay not once"""
    quiet(many.relay)


@rows.row
def used_and_left(many):
    """nor do they after someone was in fifty of them and left"""
    for session in many.ids[:50]:
        m = Member(many.relay, many.relay.link(session, "trainee", "Guest"))
        equal(m.welcome["session"]["id"], session, "the session")
        m.do("leave")
        while m.hear()["kind"] != "closed":
            pass
        m.close()
    quiet(many.relay)


@rows.row
def memory(many):
    """a session costs little memory"""
    with open(f"/proc/{many.relay.pid}/status", encoding="ascii") as f:
        kb = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    print(f"# {kb} kB resident", flush=True)
    if os.environ.get("AULA_SANITIZE", "none") == "none":
        true(kb < 64 * 1024, f"{kb} kB for {SESSIONS} empty sessions")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Many(the_relay))
    sys.exit(status)
