#!/usr/bin/env python3
"""A hundred hands from halls and remote within 100 ms: one queue, and its order is the log's order everywhere."""
import random
import sys
import time

from aula_bench import Relay
from guards_lib import Rows, equal, true
from member import Member

rows = Rows()
PEOPLE = 100
SEED = 7


def hands(events):
    return [(e["n"], e["kind"], e["who"]) for e in events if e["kind"] in ("hand-up", "hand-down")]


def queue(events):
    """Who waits, by the log."""
    waiting = []
    for e in events:
        if e["kind"] == "hand-up":
            waiting.append(e["who"])
        elif e["kind"] in ("hand-down", "granted") and e["who"] in waiting:
            waiting.remove(e["who"])
    return waiting


class Hall:
    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("Hands", rooms=["A", "B", "C"])
        self.native = relay.join(relay.link(self.s, "chair", "Ada"), "--no-audio")
        places = [None, "A", None, "B", None, "C"]
        links = [relay.link(self.s, "trainee", f"Person {i}", places[i % len(places)]) for i in range(PEOPLE)]
        self.people = []
        for i, url in enumerate(links):
            self.people.append(Member(relay, url))
            if i % 10 == 9:  # a machine may be slow
                for p in self.people:
                    p.catch_up()
        self.dice = random.Random(SEED)

    def shown(self):
        """The queue as the operator is shown it."""
        waiting = [p for p in self.relay.show(self.s)["participants"] if p["queue"] > 0]
        waiting.sort(key=lambda p: p["queue"])
        equal([p["queue"] for p in waiting], list(range(1, len(waiting) + 1)), "places in the queue")
        return [p["id"] for p in waiting]

    def at_once(self, verb, people):
        """All say it in one burst, in a random order; the numbers of their events, by who, and how long the burst took."""
        people = list(people)
        self.dice.shuffle(people)
        begun = time.monotonic()
        said = [(p, p.do(verb)) for p in people]
        took = time.monotonic() - begun
        return {p.number: p.answer(number) for p, number in said}, took

    def all_agree(self, last):
        """Everyone reads up to event `last`; their lists, and the native client's, are one."""
        for p in self.people:
            p.until(lambda m: m.events and m.events[-1]["n"] >= last)
        log = hands(self.people[0].events)
        numbers = [n for n, _, _ in log]
        equal(numbers, sorted(numbers), "the log's order")
        for p in self.people:
            own = p.welcome["n"]
            equal(hands(p.events), [h for h in log if h[0] > own], f"hands as {p.number} saw them")
            seen = [e["n"] for e in p.events]
            equal(seen, list(range(own + 1, own + 1 + len(seen))), f"numbers of all events at {p.number}")
        return log


@rows.row
def burst(hall):
    """a hundred at once: all are done, each with the number of its event, and everyone's order is the log's"""
    done, took = hall.at_once("hand-up", hall.people)
    print(f"# said within {1000 * took:.0f} ms", flush=True)
    equal({d["kind"] for d in done.values()}, {"done"}, "answers")
    last = max(d["n"] for d in done.values())
    log = hall.all_agree(last)
    equal({who: n for n, _, who in log}, {who: d["n"] for who, d in done.items()}, "numbers told with done")
    equal(hall.shown(), [who for _, _, who in log], "the queue as shown")


@rows.row
def native(hall):
    """a native client was told the same order"""
    log = hands(hall.people[0].events)
    hall.native.await_event("hand-up", lambda e: e["n"] == log[-1][0])
    equal(hands(hall.native.of_kind("hand-up")), log, "its hands")


@rows.row
def down_and_up(hall):
    """half of them lower and raise their hands again: they stand at the end"""
    half = hall.people[::2]
    down, _ = hall.at_once("hand-down", half)
    up, _ = hall.at_once("hand-up", half)
    equal({d["kind"] for d in [*down.values(), *up.values()]}, {"done"}, "answers")
    hall.all_agree(max(d["n"] for d in up.values()))
    equal(hall.shown(), queue(hall.people[0].events), "the queue as shown")
    equal(set(hall.shown()[-len(half):]), {p.number for p in half}, "who stands at the end")


@rows.row
def granted(hall):
    """the floor given to the first moves all others up"""
    before = hall.shown()
    hall.native.say(f"grant {before[0]}")
    granted_at = hall.native.await_event("granted")
    hall.people[0].until(lambda m: m.events[-1]["n"] >= granted_at["n"])
    equal(hall.shown(), before[1:], "the queue")
    equal(hall.shown(), queue(hall.people[0].events), "by the log")


@rows.row
def twice(hall):
    """a hand that is up already stays where it is"""
    before = hall.shown()
    done, _ = hall.at_once("hand-up", [p for p in hall.people if p.number in before])
    equal({(d["kind"], d["n"]) for d in done.values()}, {("done", 0)}, "nothing had to change")
    equal(hall.shown(), before, "the queue")


@rows.row
def latecomer(hall):
    """who joins late reads the same queue in his welcome; who comes back too"""
    late = Member(hall.relay, hall.relay.link(hall.s, "trainee", "Late"))
    waiting = sorted((p for p in late.welcome["session"]["participants"] if p["queue"]), key=lambda p: p["queue"])
    equal([p["id"] for p in waiting], hall.shown(), "the queue in the welcome")
    one = next(p for p in hall.people if p.number == hall.shown()[3])
    one.close()
    again = Member(hall.relay, "/" + one.token, last=one.events[-1]["n"])
    equal((again.welcome["kind"], again.number), ("welcome", one.number), "the same seat")
    equal(hall.shown()[3], one.number, "the same place")
    true(again.welcome["resumed"], "only what was missed")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Hall(the_relay))
    sys.exit(status)
