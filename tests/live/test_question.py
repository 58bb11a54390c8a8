#!/usr/bin/python3
"""A lecturer in hall A, a question from a remote trainee over the lecturer's voice, hall B and others listening: each hears all that
he should, and nothing of himself or his own hall."""
import os
import sys

from aula_bench import Relay, speech, until
from guards_lib import Rows, equal, true
from hearing import ABSENT_DB, GAIN_DB, MIXED_ESTOI, PASSED_ESTOI, Ear, first_talk

rows = Rows()
ALONE_S, TOGETHER_S = 10, 33  # the lecturer before the question; both: 30 s are needed to tell that a voice is absent
WARM_UP_S = 2                # a listener's delay settles
# Sanitized programs may be slower than real time: what they hear is measured, but decides nothing.
REAL_TIME = os.environ.get("AULA_SANITIZE", "none") == "none"


class Question:
    def __init__(self, relay):
        s = relay.session("A question", rooms=["A", "B"])
        self.chair = relay.join(relay.link(s, "chair", "Ada"), record=True, payloads=True)
        self.hall_a, self.hall_b = (relay.join(relay.link(s, "room", f"Hall {h}", h), verb="room", record=True, payloads=True) for h in "AB")
        self.other = relay.join(relay.link(s, "trainee", "Eve"), record=True, payloads=True)
        self.asker = relay.join(relay.link(s, "trainee", "Bob"), record=True, payloads=True, play=[speech("it")])
        self.seat = relay.join(relay.link(s, "trainee", "Mia", "A"), record=True)
        self.everyone = [self.seat, self.chair, self.hall_a, self.hall_b, self.other, self.asker]
        for p in self.everyone:
            p.await_event("sound-up")
        self.lecturer = relay.join(relay.link(s, "lecturer", "Lea", "A"), payloads=True, play=[speech("en")])
        self.ticks(self.lecturer, ALONE_S * 50)
        self.alone = relay.show(s)["counters"]
        self.asker.say("hand up")
        self.chair.await_event("hand-up", lambda e: e["who"] == self.asker.number)
        self.chair.say(f"grant {self.asker.number}")
        self.ticks(self.asker, TOGETHER_S * 50)
        self.lecturer.stop()
        self.asker.stop()
        until(lambda: not relay.person(s, "Lea")["audible"] and not relay.person(s, "Bob")["audible"], "the end of both")
        self.counters = relay.show(s)["counters"]
        for p in self.everyone:
            p.stop()
        self.lecture = first_talk("the lecturer", self.lecturer, speech("en"))
        self.question = first_talk("the question", self.asker, speech("it"))

    @staticmethod
    def ticks(talker, wanted):
        until(lambda: sum(p["dir"] == "out" for p in talker.payloads()) >= wanted, f"{wanted} packets", 300, step=0.25)


def judged(what, places, talks, bar, begin, end):
    """All places belong to one audience and were sent the same packets: the best shows what that was, the rest how busy this machine is."""
    found = {name: Ear(p).heard(talks, begin, end) for name, p in places.items()}
    said = ", ".join(f"{name} {estoi:.4f} {gain:+.1f} dB" for name, (estoi, gain) in found.items())
    print(f"# ESTOI of {what}: {said}; wanted: {bar or 'nothing, its bytes decide'}", flush=True)
    if not REAL_TIME and bar:
        print("# not judged: a sanitized build may be slower than real time", flush=True)
        return
    if not bar:
        return
    estoi, gain = max(found.values())
    true(estoi >= bar and abs(gain) < GAIN_DB, f"{what}: {said}")


@rows.row
def passed(q):
    """before the question, the lecture as it was said"""
    judged("the lecture", {"hall B": q.hall_b, "chair": q.chair, "Eve": q.other}, [q.lecture], PASSED_ESTOI, q.lecture.begin + WARM_UP_S,
           q.question.begin)


@rows.row
def mixed(q):
    """hall B, the chair and another trainee hear the sum of both"""
    judged("both", {"hall B": q.hall_b, "chair": q.chair, "Eve": q.other}, [q.lecture, q.question], MIXED_ESTOI, q.question.begin, q.question.end)


@rows.row
def talkers(q):
    """each of the two talkers hears the other, passed"""
    judged("the question in hall A", {"hall A": q.hall_a, "a seat": q.seat}, [q.question], PASSED_ESTOI, q.question.begin, q.question.end)
    judged("the lecture at the asker's", {"Bob": q.asker}, [q.lecture], None, q.question.begin, q.question.end)


@rows.row
def passed_to_talkers(q):
    """what hall A and the asker receive is what the other sent, byte for byte"""
    said = {"Lea": {p["sha256"] for p in q.lecturer.payloads() if p["dir"] == "out"},
            "Bob": {p["sha256"] for p in q.asker.payloads() if p["dir"] == "out"}}
    for who, heard, talker in (("hall A", q.hall_a, "Bob"), ("Bob", q.asker, "Lea")):
        packets = [p for p in heard.payloads() if p["dir"] == "in" and p["len"] != 3]
        true(len(packets) >= TOGETHER_S * 45, f"{who} received {len(packets)} packets")
        equal([p["seq"] for p in packets if p["sha256"] not in said[talker]], [], f"what {who} received that {talker} never sent")


@rows.row
def nothing_of_oneself(q):
    """own speech is 40 dB down over 30 s: the lecturer's in hall A, the question at the asker's"""
    for name, place, talk in (("hall A", q.hall_a, q.lecture), ("Bob", q.asker, q.question)):
        db = Ear(place).absence(talk)
        print(f"# {talk.name} at {name}: {db:.0f} dB", flush=True)
        true(db <= ABSENT_DB, f"{talk.name} lies only {db:.0f} dB down at {name}")


@rows.row
def one_audience(q):
    """who hears the same is sent the same: payloads at session times"""
    lists = [{p["media"]: p["sha256"] for p in x.payloads() if p["dir"] == "in"} for x in (q.hall_b, q.chair, q.other)]
    shared = set(lists[0]) & set(lists[1]) & set(lists[2])
    true(len(shared) >= (ALONE_S + TOGETHER_S) * 45, f"{len(shared)} packets at the same times")
    equal([m for m in shared if len({x[m] for x in lists}) > 1], [], "times at which they differ")


@rows.row
def codecs(q):
    """no codec while one speaks; then one encode a frame and two decodes, whoever listens"""
    equal((q.alone["decodes"], q.alone["encodes"]), (0, 0), "while one speaks")
    mixed_frames = sum(len(p["csrc"]) == 2 for p in q.hall_b.payloads() if p["dir"] == "in")
    encodes, decodes = q.counters["encodes"], q.counters["decodes"]
    print(f"# {mixed_frames} mixed frames were heard in hall B; {encodes} encodes, {decodes} decodes", flush=True)
    true(mixed_frames >= TOGETHER_S * 45, "most of the question is mixed")
    true(mixed_frames <= encodes <= mixed_frames + 250, "one encode a frame, and the lead-in and the hang-over of a second")
    true(decodes <= 2 * encodes + 60, "two decodes a frame")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Question(the_relay))
    sys.exit(status)
