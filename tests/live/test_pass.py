#!/usr/bin/env python3
"""One speaker: what a listener receives is what the speaker sent, byte for byte, none missing, and the relay neither decodes nor encodes."""
import os
import sys
import tempfile

from aula_bench import Relay, excerpt, until
from crowd import Crowd
from guards_lib import Rows, equal, true

rows = Rows()
LISTENERS = 20
SPEECH_S = 8
PACKETS = SPEECH_S * 50
CLOSING_BYTES = 3


def received(participant):
    """His packets but for the closing silence."""
    return [p for p in participant.payloads() if p["dir"] == "in" and p["len"] != CLOSING_BYTES]


def closed(participant):
    """Whether the closing silence has come."""
    return [p["len"] for p in participant.payloads() if p["dir"] == "in"][-3:] == [CLOSING_BYTES] * 3


def sent(participant):
    return [p for p in participant.payloads() if p["dir"] == "out"]


class Lecture:
    """Hall A with its lecturer, hall B, two trainees and the crowd; the lecturer speaks, ends, and all is counted."""

    def __init__(self, relay, folder):
        s = relay.session("One speaker", rooms=["A", "B"])
        hall_a = relay.join(relay.link(s, "room", "Hall A", "A"), verb="room", payloads=True)
        hall_b = relay.join(relay.link(s, "room", "Hall B", "B"), verb="room", payloads=True)
        trainees = [relay.join(relay.link(s, "trainee", name), payloads=True) for name in ("Bob", "Eve")]
        companion = relay.join(relay.link(s, "trainee", "Mia", "A"), payloads=True)
        self.listeners = {"hall B": hall_b, "Bob": trainees[0], "Eve": trainees[1]}
        self.silent = {"hall A": hall_a, "a seat in hall A": companion}
        self.journal = os.path.join(folder, "journal")
        urls = [relay.link(s, "trainee", f"Listener {i + 1}") for i in range(LISTENERS)]
        self.crowd = Crowd(urls, os.path.join(relay.data, "tls.crt"), "--journal", self.journal)
        relay.participants.append(self.crowd)
        for p in [*self.listeners.values(), hall_a, companion]:
            p.await_event("sound-up")
        self.lecturer = relay.join(relay.link(s, "lecturer", "Ada", "A"), payloads=True, play=[excerpt(folder, "en", 0, SPEECH_S)])
        self.lecturer.await_event("played")
        until(lambda: not relay.person(s, "Ada")["audible"], "the end of the talk")
        until(lambda: all(len(received(p)) >= len(sent(self.lecturer)) and closed(p) for p in self.listeners.values()), "the last packets")
        self.crowd_heard = self.crowd.finish()
        self.shown = relay.show(s)


@rows.row
def byte_for_byte(lecture):
    """hall B and the trainees receive every payload of the lecturer's, none altered, none missing, in order"""
    said = [p["sha256"] for p in sent(lecture.lecturer)]
    true(len(said) >= PACKETS, f"{len(said)} packets were sent")
    for name, p in lecture.listeners.items():
        equal([x["sha256"] for x in received(p)], said, f"what {name} received")


@rows.row
def numbers(lecture):
    """each one's sequence numbers have no gap, the CSRC names the lecturer, and the spacing in RTP time is the sender's"""
    rtp = {p["sha256"]: p["rtp"] for p in sent(lecture.lecturer)}
    for name, p in lecture.listeners.items():
        every = [x for x in p.payloads() if x["dir"] == "in"]
        equal({(b["seq"] - a["seq"]) % 65536 for a, b in zip(every, every[1:])}, {1}, f"steps of {name}'s numbers")
        equal({tuple(x["csrc"]) for x in received(p)}, {(lecture.lecturer.number,)}, f"who {name} heard")
        for a, b in zip(every, every[1:]):
            if a["sha256"] in rtp and b["sha256"] in rtp:
                equal((b["media"] - a["media"]) % 2 ** 32, (rtp[b["sha256"]] - rtp[a["sha256"]]) % 2 ** 32, f"a step of {name}'s time")


@rows.row
def one_time(lecture):
    """every listener has each payload at the same session time"""
    times = [[x["media"] for x in received(p)] for p in lecture.listeners.values()]
    equal([t == times[0] for t in times], [True] * len(times), "the times")


@rows.row
def crowd(lecture):
    """each of the crowd receives the same payloads at the same session times, none lost, none twice"""
    heard = {}
    with open(lecture.journal, encoding="ascii") as f:
        for line in f:
            _, kind, person, *rest = line.split()
            if kind == "got" and int(rest[4]) != CLOSING_BYTES:
                heard.setdefault(person, []).append((int(rest[0]), rest[3], int(rest[4])))
    equal(len(heard), LISTENERS, "how many heard")
    first = heard["0"]
    wanted = [(x["media"], x["len"]) for x in received(lecture.listeners["Bob"])]
    equal([(at, size) for at, _, size in first], wanted, "times and sizes of the first of the crowd")
    for person, got in heard.items():
        equal(got, first, f"what listener {person} received")
    for p in lecture.crowd_heard:
        equal((p["lost"], p["duplicate"]), (0, 0), "lost and twice")


@rows.row
def own_hall(lecture):
    """the lecturer's own hall, a seat in it, and the lecturer himself receive nothing"""
    for name, p in lecture.silent.items():
        equal([x for x in p.payloads() if x["dir"] == "in"], [], f"packets received by {name}")
    equal(received(lecture.lecturer), [], "what the lecturer received")


@rows.row
def closing(lecture):
    """the talk closes with three silence frames and then nothing"""
    for name, p in lecture.listeners.items():
        every = [x for x in p.payloads() if x["dir"] == "in"]
        equal([x["len"] for x in every[-3:]], [CLOSING_BYTES] * 3, f"the end at {name}")
        equal(sum(x["len"] == CLOSING_BYTES for x in every) % 3, 0, f"silence frames at {name}, modulo 3 (a machine that stood still closes more than once)")


@rows.row
def no_codec(lecture):
    """the relay neither decodes nor encodes, and drops nothing"""
    counters = lecture.shown["counters"]
    equal((counters["decodes"], counters["encodes"], counters["dropped"]), (0, 0, 0), "decodes, encodes, dropped")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Relay() as relay:
        status = rows.run(Lecture(relay, folder))
    sys.exit(status)
