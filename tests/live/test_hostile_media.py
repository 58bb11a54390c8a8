#!/usr/bin/env python3
"""Datagrams nobody asked for, sprayed at the media port during a lecture: truncated, repeated, replayed, reordered, forged, oversized.
The session goes on unharmed: its listeners receive what was sent, without a gap."""
import os
import random
import re
import socket
import struct
import sys
import time
import urllib.request

from aula_bench import PATIENCE_S, Relay, endless, free_address, until
from go_between import GoBetween, Sound
from guards_lib import Rows, equal, true

rows = Rows()
SEED = 3
SPRAY = 3000  # datagrams of each kind
METRICS = free_address()
BURST = 50    # of them at once
CLOSING_BYTES = 3
LOST_MOST = 8  # packets that come too late where a program stood still for so long that the relay closed the stream (200 ms)
ROOM = 64 << 10  # bytes that may wait at the relay's socket before more are thrown at it: the kernel keeps room for real packets


def is_rtp(datagram):
    return len(datagram) > 12 and datagram[0] >> 6 == 2 and not 64 <= datagram[1] & 127 <= 95


def waiting(port):
    """Bytes that wait at a UDP socket of this machine, with what the kernel adds to them."""
    with open("/proc/net/udp", encoding="ascii") as f:
        return sum(int(line.split()[4].split(":")[1], 16) for line in f if line.split()[1].endswith(f":{port:04X}"))


class Path(Sound):
    """The lecturer's way to the relay. Every packet goes once, in order, and what `bad` makes of it goes beside it."""

    def __init__(self, relay):
        self.bad = lambda datagram: []
        self.made = 0
        super().__init__(relay, self._tamper)

    def _tamper(self, datagram, up):
        if not up or not is_rtp(datagram):
            return [datagram]
        more = self.bad(datagram) if waiting(self.relay_at[1]) < ROOM else []
        self.made += len(more)
        return [datagram, *more]


class Lecture:
    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("Under fire")
        self.listener = relay.join(relay.link(self.s, "trainee", "Bob"), payloads=True)
        self.listener.await_event("sound-up")
        self.path = Path(relay)
        between = GoBetween(relay, sound=self.path)
        self.lecturer = relay.join(between.url(relay.link(self.s, "lecturer", "Lea")), payloads=True, play=endless("en"))
        until(lambda: len(self.heard()) > 50, "the lecture")
        self.dice = random.Random(SEED)
        self.from_outside = socket.socket(type=socket.SOCK_DGRAM)

    def heard(self):
        return [p for p in self.listener.payloads() if p["dir"] == "in"]

    def said(self):
        return [p["sha256"] for p in self.lecturer.payloads() if p["dir"] == "out"]

    def counted(self, before, wanted):
        """How many more are counted as dropped, once these are."""
        until(lambda: self.dropped() - before >= wanted, f"{wanted} are counted as dropped, {self.dropped() - before} are")
        return self.dropped() - before

    def dropped(self):
        """Datagrams that the relay has dropped, by its metrics."""
        with urllib.request.urlopen(f"http://{METRICS}/metrics", timeout=PATIENCE_S) as reply:
            return int(re.search(r'aula_datagrams_dropped_total\{worker="0"\} (\d+)', reply.read().decode())[1])

    def spray(self, make):
        for i in range(SPRAY):
            self.from_outside.sendto(make(i), ("127.0.0.1", self.relay.media_port))
            if i % BURST == BURST - 1:
                time.sleep(0.01)
                until(lambda: waiting(self.relay.media_port) < ROOM, "room at the relay's socket", step=0.005)

    def unharmed(self, since):
        """Since then the listener has received all, in order, as it was sent, and the lecture goes on."""
        mark = len(self.heard())
        until(lambda: len(self.heard()) > mark + 25, "the lecture goes on")
        heard = self.heard()[since:]
        equal({(b["seq"] - a["seq"]) % 65536 for a, b in zip(heard, heard[1:])}, {1}, "steps of the listener's numbers")
        last = [p["sha256"] for p in heard if p["len"] != CLOSING_BYTES][-1]
        said = until(lambda: (x := self.said()) and last in x and x, "the lecturer's own word for the last one")
        at, closed = None, False
        for p in heard:
            if p["len"] == CLOSING_BYTES:
                closed = True
                continue
            i = said.index(p["sha256"])
            true(at is None or i == at or (closed and at < i <= at + LOST_MOST), f"payload {i} of the lecturer's came where {at} was due")
            at, closed = i + 1, False
        equal(self.listener.of_kind("sound-lost") + self.lecturer.of_kind("sound-lost"), [], "lost sound")


@rows.row
def garbage(lecture):
    """noise of every length from an unknown address"""
    since = len(lecture.heard())
    before = lecture.dropped()
    lecture.spray(lambda i: lecture.dice.randbytes(i % 1500))
    lecture.unharmed(since)
    print(f"# {SPRAY} came, {lecture.counted(before, 0.9 * SPRAY)} counted as dropped", flush=True)


@rows.row
def looks_right(lecture):
    """STUN, DTLS and RTP in appearance, from an unknown address: truncated, without integrity, oversized"""
    since = len(lecture.heard())
    real = [d for d in lecture.path.seen if is_rtp(d)]

    def stun(i):
        length = (0, 8, 40, 65532)[i % 4]
        return struct.pack("!HHI", 1, length, 0x2112A442) + lecture.dice.randbytes(12 + (i % 60))

    def dtls(i):
        kind = 20 + i % 4
        return struct.pack("!BHHHIH", kind, 0xFEFD, 0, 0, i, (i * 7) % 1500) + lecture.dice.randbytes(i % 300)

    lecture.spray(stun)
    lecture.spray(dtls)
    lecture.spray(lambda i: real[i % len(real)])                                     # a copy from elsewhere
    lecture.spray(lambda i: real[-1][:i % len(real[-1])])                            # truncated
    lecture.spray(lambda i: real[-1] + bytes(8000))                                  # oversized
    lecture.unharmed(since)


@rows.row
def hellos(lecture):
    """a flood of DTLS ClientHellos and ICE checks, as they were once right, from an unknown address"""
    since = len(lecture.heard())
    first = [d for d in lecture.path.seen[:20] if not is_rtp(d)]
    true(first, "the lecturer began with STUN and DTLS")
    lecture.spray(lambda i: first[i % len(first)])
    lecture.unharmed(since)


def on_the_path(name, bad):
    """A row whose bad datagrams come from the lecturer's own address, beside his packets."""
    def row(lecture):
        since, before = len(lecture.heard()), lecture.dropped()
        made = lecture.path.made
        lecture.path.bad = lambda d: bad(lecture, d)
        until(lambda: lecture.path.made >= made + 300, "three hundred bad ones")
        lecture.path.bad = lambda d: []
        lecture.unharmed(since)
        made = lecture.path.made - made
        print(f"# {made} bad ones, {lecture.counted(before, 0.9 * made)} counted as dropped", flush=True)
    row.__doc__ = name
    rows.row(row)


def flipped(lecture, d):
    at = lecture.dice.randrange(len(d))
    return d[:at] + bytes([d[at] ^ (1 << lecture.dice.randrange(8))]) + d[at + 1:]


def older(lecture, d):
    real = [x for x in lecture.path.seen[-600:] if is_rtp(x)]
    return lecture.dice.choice(real)


on_the_path("on his path: each packet twice more", lambda lecture, d: [d, d])
on_the_path("on his path: packets from up to twelve seconds ago, in a random order", lambda lecture, d: [older(lecture, d) for _ in range(3)])
on_the_path("on his path: truncated", lambda lecture, d: [d[:n] for n in (13, len(d) // 2, len(d) - 1)])
on_the_path("on his path: forged: a bit is another in each", lambda lecture, d: [flipped(lecture, d) for _ in range(3)])
on_the_path("on his path: later numbers, forged", lambda lecture, d: [d[:2] + struct.pack("!H", (int.from_bytes(d[2:4], "big") + k) % 65536) + d[4:]
                                                                     for k in (1, 100, 32768)])
on_the_path("on his path: oversized", lambda lecture, d: [d + bytes(1200), d + lecture.dice.randbytes(60000)])
on_the_path("on his path: noise", lambda lecture, d: [os.urandom(lecture.dice.randrange(1, 1400)) for _ in range(5)])


def altered(lecture, heard):
    said = set(lecture.said())
    return [p for p in heard if p["sha256"] not in said and p["len"] != 3]


@rows.row
def swapped(lecture):
    """his packets arrive in pairs the wrong way round: all are heard, none twice"""
    held = []

    def tamper(datagram, up):
        if not up or not is_rtp(datagram):
            return [datagram]
        held.append(datagram)
        if len(held) < 2:
            return []
        pair = held[::-1]
        held.clear()
        return pair

    since = len(lecture.heard())
    lecture.path.tamper = tamper
    until(lambda: len(lecture.heard()) > since + 150, "three seconds of it")
    heard = lecture.heard()[since:]
    until(lambda: not altered(lecture, heard), f"that all was said by the lecturer: {altered(lecture, heard)[:3]}")
    numbers = sorted((p["seq"] - heard[0]["seq"] + 32768) % 65536 for p in heard)
    true(len(set(numbers)) == len(numbers), "no number twice")
    closings = sum(p["len"] == CLOSING_BYTES for p in heard) / 3
    missing = numbers[-2] - numbers[1] - (len(numbers) - 3)
    true(0 <= missing <= LOST_MOST * closings, f"between the first and the last pair all are there: {len(numbers)} of {numbers[-1] - numbers[0] + 1}")
    lecture.path.tamper = lambda datagram, up: [datagram]


@rows.row
def memory(lecture):
    """the relay has not grown, says little, and ends well"""
    with open(f"/proc/{lecture.relay.pid}/status", encoding="ascii") as f:
        status = dict(line.split(":", 1) for line in f)
    print(f"# resident: {status['VmRSS'].strip()}; the log has {len(lecture.relay.log().splitlines())} lines", flush=True)
    true(len(lecture.relay.log().splitlines()) < 100, "the log is not flooded")


if __name__ == "__main__":
    with Relay("--metrics", METRICS) as the_relay:
        status = rows.run(Lecture(the_relay))
    sys.exit(status)
