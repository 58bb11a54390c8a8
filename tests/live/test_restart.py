#!/usr/bin/env python3
"""The relay ends in mid-lecture and starts again on the same folder: everyone is back in the same seat, with queue, floor and page, and
hears again; no event that was acknowledged is lost. usage: test_restart.py [ROUNDS]"""
import random
import sys
import threading
import time

from aula_bench import Relay, endless, source, until
from guards_lib import Rows, equal, true
from member import Member

rows = Rows()
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
SEED = 20
TALKERS = 6  # who make events while the relay ends


class Lecture:
    """A lecture that goes on over all rounds. Nobody is started anew: clients return by themselves."""

    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("A bad day", rooms=["A", "B"])
        self.deck = relay.deck(self.s, source("relay/demo-deck/how-sound-travels.pdf"))
        link = relay.link
        self.hall = relay.join(link(self.s, "room", "Hall B", "B"), verb="room", payloads=True)
        self.chair = relay.join(link(self.s, "chair", "Ada"), payloads=True)
        self.asker = relay.join(link(self.s, "trainee", "Bob"), play=endless("it"))
        self.waiting = [relay.join(link(self.s, "trainee", f"Waiting {i}"), "--no-audio") for i in range(3)]
        self.lecturer = relay.join(link(self.s, "lecturer", "Lea", "A"), play=endless("en"))
        self.everyone = {p.number: p for p in (self.hall, self.chair, self.asker, self.lecturer, *self.waiting)}
        self.makers = [link(self.s, "trainee", f"Maker {i}") for i in range(TALKERS)]
        self.acknowledged = {}  # number of an event → what was asked for; from every round
        self.dice = random.Random(SEED)
        for p in reversed(self.waiting):
            p.say("hand up")
            self.chair.await_event("hand-up", lambda e, p=p: e["who"] == p.number)
        self.chair.say(f"grant {self.asker.number}")
        self.asker.await_event("granted")
        self.heard_again(0)

    # --- making events, and what became of them ---

    def make(self, url, index, rounds_end):
        """Chats until the connection breaks; keeps what was acknowledged."""
        try:
            m = Member(self.relay, url)
            for i in range(10000):
                text = f"{rounds_end} {index} {i}"
                n = m.must("chat", text=text)
                self.acknowledged[n] = (m.number, text)
        except (OSError, ConnectionError, TimeoutError, AssertionError):
            return  # the relay has gone

    # --- a round ---

    def state(self):
        """What must be the same afterwards."""
        shown = self.relay.show(self.s)
        people = {p["id"]: (p["name"], p["role"], p["place"], p["floor"], p["muted"] if "muted" in p else None)
                  for p in shown["participants"] if p["id"] in self.everyone}
        queue = [p["id"] for p in sorted(shown["participants"], key=lambda p: p["queue"]) if p["queue"]]
        return people, queue, shown["page"]["page"], shown["state"]

    def turn_page(self, page):
        before = self.chair.of_kind("page")
        self.lecturer.say(f"page {page}")
        self.chair.await_event("page", lambda e: e["page"] == page, after=self.chair.events.index(before[-1]) + 1 if before else 0)

    def heard_again(self, since):
        """The hall and the chair receive the lecture and the question."""
        for p in (self.hall, self.chair):
            until(lambda p=p: any(self.lecturer.number in x["csrc"] for x in p.payloads()[since:] if x["dir"] == "in"), "the lecture")
            until(lambda p=p: any(self.asker.number in x["csrc"] for x in p.payloads()[since:] if x["dir"] == "in"), "the question")

    def round(self, number, end):
        page = number % 5 + 2
        self.turn_page(page)
        before = self.state()
        events_before = {n: len(p.events) for n, p in self.everyone.items()}
        makers = [threading.Thread(target=self.make, args=(url, i, number)) for i, url in enumerate(self.makers)]
        for t in makers:
            t.start()
        time.sleep(self.dice.uniform(0.2, 1.0))  # the moment is chosen by dice
        end()
        for t in makers:
            t.join()
        lines = max(len(p.payloads()) for p in (self.hall, self.chair))
        begun = time.monotonic()
        self.relay.start()
        for n, p in self.everyone.items():
            back = p.await_event("welcome", after=events_before[n])
            equal(back["you"], n, "the seat")
        self.heard_again(lines)
        print(f"# round {number}: {len(self.acknowledged)} events acknowledged; all back and heard {time.monotonic() - begun:.1f} s after the start",
              flush=True)
        equal(self.state(), before, "seats, floor, queue and page")
        self.nothing_lost()

    def nothing_lost(self):
        """Every acknowledged chat is in the log at its number, as the chair was told."""
        last = max(self.acknowledged, default=0)
        until(lambda: any(e.get("n", 0) >= last for e in self.chair.events), f"event {last} at the chair")
        until(lambda: all(n in {e["n"] for e in self.chair.of_kind("chat")} for n in self.acknowledged), "every acknowledged event")
        told = {}
        for e in self.chair.of_kind("chat"):
            true(told.setdefault(e["n"], (e["who"], e["text"])) == (e["who"], e["text"]), f"event {e['n']} changed")
        equal({n: told.get(n) for n in self.acknowledged}, self.acknowledged, "acknowledged events in the log")


@rows.row
def killed(lecture):
    """kill -9 at random moments while events are made"""
    for number in range(ROUNDS):
        lecture.round(number, lecture.relay.kill)


@rows.row
def ended(lecture):
    """SIGTERM: clients are told to come back, and the same holds"""
    for number in range(ROUNDS, ROUNDS + max(1, ROUNDS // 4)):
        lecture.round(number, lecture.relay.stop)


@rows.row
def numbers(lecture):
    """over all rounds the chair was told every event once, without a gap, and so was everyone else"""
    lists = {}
    for n, p in lecture.everyone.items():
        first = p.of_kind("welcome")[0]["n"]
        got = [e for e in p.events if e.get("n") and e["kind"] not in ("welcome", "done") and e["n"] > first]
        seen = {}
        for e in got:
            true(e["n"] not in seen or e["kind"] == "page", f"{n} was told event {e['n']} twice")
            seen[e["n"]] = e["kind"]
        lists[n] = seen
    last = min(max(x) for x in lists.values())
    for n, seen in lists.items():
        first = lecture.everyone[n].of_kind("welcome")[0]["n"]
        equal(sorted(k for k in seen if k <= last), list(range(first + 1, last + 1)), f"numbers at {n}")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Lecture(the_relay))
    sys.exit(status)
