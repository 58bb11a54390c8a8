#!/usr/bin/env python3
"""A session is recorded while it happens: what listeners were sent is in the file byte for byte; a killed relay loses the last second at the
most, and goes on in the same stream; a full disk stops the recording, not the session. usage: test_recording.py FOLDER-OF-PDFS [ROUNDS]"""
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import time

from aula_bench import Refused, Relay, endless, until
from guards_lib import Rows, equal, get, true
from ogg_opus import Ogg, mp4_packets

rows = Rows()
PDF = os.path.join(sys.argv[1], "good.pdf")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
LOST_PACKETS = 50  # of 20 ms: a second
SANITIZED = os.environ.get("AULA_SANITIZE", "none") != "none"  # then a second of the clock is not a second of work


class Lecture:
    """A recorded session with a lecturer who talks, and a listener whose payloads are kept."""

    def __init__(self, relay):
        self.relay = relay
        self.s = relay.ctl("session", "create", "--title", "A recorded day", "--record")["session"]
        relay.deck(self.s, PDF)
        self.listener = relay.join(relay.link(self.s, "trainee", "Nils"), payloads=True)
        self.lecturer = relay.join(relay.link(self.s, "lecturer", "Ada"), play=endless("en"))
        self.folder = os.path.join(relay.data, "recordings", self.s)

    def file(self, name):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read()

    def ogg(self, cut=False):
        return Ogg(self.file("floor.opus"), cut)

    def timeline(self):
        return [json.loads(line) for line in self.file("timeline.jsonl").decode().splitlines(keepends=True) if line.endswith("\n")]

    def heard(self):
        """What the listener was sent of the lecture, in order: session time and hash of each payload."""
        return [(p["media"], p["sha256"]) for p in self.listener.payloads() if p["dir"] == "in" and self.lecturer.number in p["csrc"]]

    def goes_on(self, seconds=2.0):
        """Waits until so much more of the lecture is on disk."""
        def size():
            return os.path.getsize(os.path.join(self.folder, "floor.opus")) if os.path.exists(os.path.join(self.folder, "floor.opus")) else 0
        before = size()
        until(lambda: size() > before + 4000 * seconds, "more of the recording")


def recorded(ogg):
    """The same of what is in the file."""
    return {((ogg.start + at) % 2 ** 32, hashlib.sha256(p).hexdigest()) for at, p in ogg.packets}


def plays(lecture, what):
    """ffmpeg decodes both files without a word, and finds them equally long."""
    lengths = []
    for name in ("floor.opus", "floor.mp4"):
        path = os.path.join(lecture.folder, name)
        done = subprocess.run(["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"], capture_output=True, check=False)
        equal((done.returncode, done.stderr), (0, b""), f"{what}: ffmpeg, {name}")
        probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path], capture_output=True, check=True)
        lengths.append(float(probe.stdout))
    true(abs(lengths[0] - lengths[1]) < 0.1, f"{what}: {lengths[0]} s in Ogg, {lengths[1]} s in MP4")


def in_step(lecture, what, cut=False):
    """Both files hold the same packets at the same times; returns the Ogg file."""
    ogg, mp4 = lecture.ogg(cut), mp4_packets(lecture.file("floor.mp4"), cut)
    n = min(len(ogg.packets), len(mp4)) if cut else max(len(ogg.packets), len(mp4))
    true(ogg.packets[:n] == mp4[:n], f"{what}: Ogg and MP4 differ")
    equal((ogg.channels, ogg.pre_skip), (2, 312), what)
    return ogg


@rows.row
def killed():
    """kill -9 at any moment: playable, all but the last second is there; the same stream goes on, byte for byte what was heard"""
    dice = random.Random(7)
    with Relay() as relay:
        lecture = Lecture(relay)
        lecture.goes_on()
        serial = lecture.ogg(True).serial
        for n in range(ROUNDS):
            time.sleep(dice.random() * 1.5)
            heard_before = len(lecture.heard())
            relay.kill()
            told = subprocess.run(["opusinfo", os.path.join(lecture.folder, "floor.opus")], capture_output=True, check=False).stdout.decode()
            equal([x for x in told.splitlines() if "WARNING" in x and "EOS not set" not in x or "ERROR" in x], [], "what opusinfo finds")
            ogg = in_step(lecture, f"kill {n + 1}", cut=True)
            there = recorded(ogg)
            missing = next((i for i, p in enumerate(reversed(lecture.heard()[:heard_before])) if p in there), heard_before)
            print(f"# kill {n + 1}: {missing} packets heard and not recorded, of {heard_before}")
            true(SANITIZED or missing <= LOST_PACKETS, f"{missing} packets are missing")
            relay.start()
            lecture.goes_on()
            equal(lecture.ogg(True).serial, serial, "another stream")
        before = len(lecture.heard())
        lecture.goes_on()
        relay.ctl("end", "--session", lecture.s)
        until(lambda: b'"ended"' in lecture.file("index.json"), "the end")
        ogg = in_step(lecture, "at the end")
        true(ogg.ended and ogg.serial == serial, "one stream from the beginning to its end")
        there = recorded(ogg)
        heard = lecture.heard()[:before]
        absent = sum(p not in there for p in heard)
        print(f"# {absent} of {len(heard)} packets heard are not recorded, after {ROUNDS} kills")
        true(SANITIZED or absent <= ROUNDS * LOST_PACKETS, f"{absent} packets are missing")
        plays(lecture, "at the end")
        kinds = [line["kind"] for line in lecture.timeline()]
        equal(kinds.count("session"), ROUNDS + 1, "a whole state at each beginning")


@rows.row
def stopped():
    """SIGTERM closes the recording properly, nothing missing; the next relay goes on with it"""
    with Relay() as relay:
        lecture = Lecture(relay)
        lecture.goes_on()
        lecture.lecturer.say("mute")
        lecture.lecturer.await_event("muted")
        before = len(lecture.heard())
        relay.stop()
        there = recorded(in_step(lecture, "stopped"))
        equal([i for i, p in enumerate(lecture.heard()[:before]) if p not in there], [], "packets that are missing")
        plays(lecture, "stopped")
        after = len(lecture.lecturer.events)
        relay.start()
        lecture.lecturer.await_event("sound-up", after=after)
        lecture.lecturer.say("unmute")
        lecture.goes_on()


@rows.row
def full_disk():
    """the disk takes no more: the session goes on, the chair is told why and since when, and again when it goes on; nothing is damaged"""
    with Relay() as relay:
        lecture = Lecture(relay)
        chair = relay.join(relay.link(lecture.s, "chair", "Cleo"), "--no-audio")
        lecture.goes_on()
        chair.await_event("recording", lambda e: e["state"] == "written" and e["replay"].startswith(relay.url + "/r/"))
        before = resource.prlimit(relay.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, (os.path.getsize(os.path.join(lecture.folder, "floor.opus")) + 2500, before[1]))
        told = chair.await_event("recording", lambda e: e["state"] == "stopped")
        true("recording has stopped" in told["why"] and told["since"] > 1e12, told)
        in_step(lecture, "while the disk is full")
        heard = len(lecture.heard())
        until(lambda: len(lecture.heard()) > heard + 50, "the session goes on")
        after = len(chair.events)
        resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, before)
        chair.await_event("recording", lambda e: e["state"] == "written", after=after)
        lecture.goes_on()
        relay.ctl("end", "--session", lecture.s)
        until(lambda: b'"ended"' in lecture.file("index.json"), "the end")
        in_step(lecture, "afterwards")
        plays(lecture, "afterwards")
        true(any(len(p) <= 2 for _, p in lecture.ogg().packets), "the gap is filled")


@rows.row
def exported():
    """a link to watch it under, and a folder that needs no relay: never over what is there"""
    with Relay() as relay:
        lecture = Lecture(relay)
        lecture.goes_on()
        url = relay.ctl("recording", "--session", lecture.s)["url"]
        path = url[len(relay.url):]
        equal(get(relay.port, path)[0], 200)
        equal(get(relay.port, path + "floor.opus", "Range: bytes=0-3")[2], b"OggS")
        equal(get(relay.port, path + "floor.mp4", "Range: bytes=4-7")[2], b"ftyp")
        out = os.path.join(relay.data, "out")
        relay.ctl("recording", "--session", lecture.s, "--out", out)
        Ogg(open(os.path.join(out, "floor.opus"), "rb").read(), cut=True)  # while it is being written
        true(os.path.getsize(os.path.join(out, "data.js")) > 1000, "data.js")
        for name in ("index.html", "replay.js", "timeline.jsonl", "floor.mp4"):
            true(os.path.exists(os.path.join(out, name)), name)
        try:
            relay.ctl("recording", "--session", lecture.s, "--out", out)
            raise AssertionError("it wrote over a folder")
        except Refused as e:
            equal(e.status, 1)
            true("in this folder already" in e.why, e.why)
        other = relay.session("Not recorded")
        try:
            relay.ctl("recording", "--session", other)
            raise AssertionError("it has a recording")
        except Refused as e:
            true("Nothing of that session is recorded" in e.why, e.why)


sys.exit(rows.run(together=True))
