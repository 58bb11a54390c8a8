#!/usr/bin/env python3
"""SIGTERM and a start under a hundred clients and a speaking lecturer: everyone is back in the same seat and hears again, and nothing is lost:
no page turn, no packet but those for which there was no relay. usage: test_return.py [PEOPLE]. How long it takes: bench/return."""
import json
import os
import sys
import time

from aula_bench import PATIENCE_S, Relay, speech, until
from crowd import Crowd
from guards_lib import Rows, equal, true

rows = Rows()
PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 100
SETTLED_US = 1000000  # so long before and after, all that is sent must arrive: what was under way at the signal may have met nobody
BACK_WITHIN_S = 3


class Journal:
    """What the load generator writes (bench/load_journal.h), read on with each look(); people are numbered as their URLs."""

    def __init__(self, path):
        self.file, self.half = open(path, "rb"), b""
        self.sent, self.got, self.up, self.pages = [], *({p: [] for p in range(PEOPLE)} for _ in range(3))

    def look(self):
        *lines, self.half = (self.half + self.file.read()).split(b"\n")
        for x in map(bytes.split, lines):
            if x[1] == b"got":
                self.got[int(x[2])].append((int(x[0]), x[6]))
            elif x[1] == b"sent":
                self.sent.append((int(x[0]), x[4]))
            elif x[1] == b"up":
                self.up[int(x[2])].append(int(x[0]))
            elif x[1] == b"page" and int(x[4]) > 0:
                self.pages[int(x[2])].append(int(x[4]))
        return self

    def again_us(self, person, since_us):
        """When he first hears after he came back; None: he does not."""
        up = next((t for t in self.up[person] if t > since_us), None)
        return up and next((t for t, _ in self.got[person] if t >= up), None)

    def close(self):
        self.file.close()


def seats(relay, session):
    return {p["id"]: {k: p[k] for k in ("name", "role", "place", "floor", "hand", "queue", "present")} for p in relay.show(session)["participants"]}


def turn_pages(relay, session, deck, pages):
    """Each is acknowledged; the numbers of their events."""
    ask = relay.door()
    for page in pages:
        ask("page", session=session, deck=deck, page=page)
    events = [json.loads(line) for line in relay.aulactl("log", "show", "--session", session)[1].splitlines()]
    return [e["n"] for e in events if e["kind"] == "page"]


@rows.row
def hundred():
    """a hundred clients: same seats, every page turn once and in order, no packet lost before or after"""
    with Relay() as relay:
        s = relay.session("Everyone comes back")
        deck, door = relay.deck(s), relay.door()
        urls = [door("link", session=s, role="lecturer" if i == 0 else "trainee", name=f"Person {i}")["url"] for i in range(PEOPLE)]
        path = os.path.join(relay.data, "journal")
        crowd = Crowd(urls, os.path.join(relay.data, "tls.crt"), "--talk", "1", "--play", speech("en"), "--journal", path)
        listeners, j = range(1, PEOPLE), Journal(path)
        try:
            until(lambda: j.look() and all(j.got[p] for p in listeners), "sound at all", step=0.5)
            time.sleep(2 * SETTLED_US / 1e6)
            before = seats(relay, s)
            turn_pages(relay, s, deck, (2, 3, 4, 5))
            dropped = relay.show(s)["counters"]["dropped"]
            at_us = time.monotonic_ns() // 1000
            relay.stop()
            relay.start()
            until(lambda: j.look() and all(j.again_us(p, at_us) for p in listeners), "sound again at all", step=0.5)
            back_us = max(j.again_us(p, at_us) for p in listeners)
            turned = turn_pages(relay, s, deck, (6, 1))
            until(lambda: j.look() and all(turned[-1] in j.pages[p] for p in range(PEOPLE)), "the last page at all", step=0.5)
            until(lambda: seats(relay, s) == before, "everyone in his seat")
            time.sleep(2 * SETTLED_US / 1e6)
            dropped += relay.show(s)["counters"]["dropped"]
            each = crowd.finish()
        finally:
            crowd.destroy()
        j.look().close()
        slowest = max(j.again_us(p, at_us) - at_us for p in listeners) / 1e6
        print(f"# the last of {PEOPLE} hears again {slowest:.2f} s after SIGTERM; it shall be {BACK_WITHIN_S} s", flush=True)
        true(slowest < PATIENCE_S, "nobody came late")
        equal(sorted(p["number"] for p in each), sorted(before), "who is there")
        equal([p["number"] for p in each if p["over"]], [], "whose session ended")
        for p in range(PEOPLE):
            equal(j.pages[p], turned, f"page turns as {p} saw them")
        first, last = max(min(t for t, _ in j.got[p]) for p in listeners), j.sent[-1][0] - SETTLED_US
        due = {h for t, h in j.sent if first < t < at_us - SETTLED_US or back_us + SETTLED_US < t < last}
        true(len(due) > 50, f"{len(due)} packets to look for")
        for p in listeners:  # what came too late of a speaker whom a busy machine held up is dropped, and counted
            lacks = due - {h for _, h in j.got[p]}
            true(len(lacks) <= dropped, f"{p} lacks {len(lacks)} packets, {dropped} were dropped on their way in")
        equal({p["number"]: p["since_joining"]["lost"] for p in each if p["since_joining"]["lost"]}, {}, "gaps in sequence numbers")


if __name__ == "__main__":
    sys.exit(rows.run())
