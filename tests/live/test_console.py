#!/usr/bin/env python3
"""What the operator sees of a live relay: counters that are true to the packet, and alarms that name whose line or microphone it is."""
import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request
import wave

from aula_bench import Relay, endless, free_address, program, speech, until
from crowd import Crowd, PATIENCE_S
from go_between import GoBetween, Sound
from guards_lib import Rows, equal, true

rows = Rows()
NAMED_WITHIN_S = 10  # on a machine that is not busy
SEED = 11
OF_A_BUSY_MACHINE = ("jitter", "delay", "late-mixes", "cpu", "queue", "disk")  # rightly told where this machine is one
METRICS = {"packets_in": "packets_in", "packets_out": "packets_out", "packets_dropped": "dropped", "encodes": "encodes",
           "decodes": "decodes", "mixes": "mixes", "late_mixes": "late_mixes"}  # name there: name in top


def top(relay, *words):
    return relay.ctl("top", "--once", *words)


def lines(people):
    """What is counted of each person's line."""
    return {p["id"]: [p[k] for k in ("packets_in", "packets_out", "bytes_in", "lost", "refused")] for p in people}


def counters(relay, session):
    return next(s for s in top(relay)["sessions"] if s["id"] == session)["counters"]


@rows.row
def to_the_packet():
    """top, show, /metrics and a load generator count the same packets, each talker's and each listener's"""
    at = free_address()
    with Relay("--metrics", at) as relay:
        s = relay.session("Counted")
        people = 6
        urls = [relay.link(s, "lecturer" if i < 2 else "trainee", f"Person {i}") for i in range(people)]
        crowd = Crowd(urls, f"{relay.data}/tls.crt", "--talk", "2", "--for", "2", "--quiet", "1000000", "--play", speech("en"), "--play", speech("it"))
        try:
            still = {}  # two seconds of talk, then all stay and say nothing

            def settled():
                nonlocal still
                before, still = still, counters(relay, s)
                return before == still and still["packets_out"] > 0

            until(settled, "counters that stand still", step=1.5)  # they are counted once a second
            picture, shown = {}, {}

            def told():  # lines are looked at once a second: both tell the last look
                nonlocal picture, shown
                picture, shown = top(relay, "--session", s), relay.show(s)
                return lines(picture["people"]) == lines(shown["participants"])

            until(told, "top and show that tell the same of each line", step=0.5)

            text = scrape_until(at, s, still["packets_out"])
            heard = crowd.finish()
        finally:
            crowd.destroy()
        each = {p["number"]: p["since_joining"] for p in heard}
        seen = {p["id"]: p for p in picture["people"]}
        for number, generator in each.items():
            equal(seen[number]["packets_in"], generator["sent"], f"what the relay took from {number}")
            equal(seen[number]["packets_out"], generator["received"] + generator["lost"], f"what it sent {number}")
            equal(generator["lost"], 0, f"lost on loopback by {number}")
        equal(still["packets_in"], sum(e["sent"] for e in each.values()), "the session's packets in")
        equal(still["packets_out"], sum(e["received"] for e in each.values()), "the session's packets out")
        equal({k: shown["counters"][k] for k in ("packets_in", "packets_out", "encodes", "decodes", "mixes", "late_mixes")},
              {k: still[k] for k in ("packets_in", "packets_out", "encodes", "decodes", "mixes", "late_mixes")}, "show's counters")
        for name, of in METRICS.items():
            equal(sample(text, f'aula_session_{name}_total{{session="{s}"}}'), still[of], f"metrics' {name}")
            equal(sample(text, f"aula_media_{name}_total"), still[of], f"metrics' {name} of all sessions")


def scrape(at):
    with urllib.request.urlopen(f"http://{at}/metrics", timeout=PATIENCE_S) as answer:
        return answer.read().decode()


def sample(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else None


def scrape_until(at, session, packets_out):
    """Counters there are a second old at the most, once somebody looks."""
    text = ""

    def fresh():
        nonlocal text
        text = scrape(at)
        return sample(text, f'aula_session_packets_out_total{{session="{session}"}}') == packets_out

    until(fresh, f"{packets_out} packets in /metrics", step=0.3)
    return text


def silence(folder):
    path = f"{folder}/dead.wav"
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 48000, 0, "NONE", ""))
        w.writeframes(bytes(2 * 48000 * 30))
    return path


@rows.row
def who_is_in_trouble():
    """A dead microphone in one hall and 15 % loss on one line are both named, and nobody else is"""
    dice = random.Random(SEED)
    with Relay() as relay:
        s = relay.session("Trouble", rooms=["Hall A", "Hall B", "Hall C"])
        for room in ("Hall A", "Hall C"):
            relay.join(relay.link(s, "room", room, room), play=endless("en"))
        lossy = Sound(relay, lambda datagram, up: [] if 128 <= datagram[0] < 192 and dice.random() < 0.15 else [datagram])
        between = GoBetween(relay, sound=lossy)
        dead = relay.join(relay.link(s, "room", "Hall B", "Hall B"), play=[silence(relay.data)] * 10)
        nils = relay.join(between.url(relay.link(s, "trainee", "Nils Holm")))
        begun = time.monotonic()

        by = {}

        def named():
            by.clear()
            for a in top(relay)["alarms"]:
                if a["kind"] not in OF_A_BUSY_MACHINE:
                    by.setdefault(a.get("participant"), []).append(a)
            return {dead.number, nils.number} <= set(by)

        until(named, "both are named")
        print(f"# both are named after {time.monotonic() - begun:.1f} s; it shall be {NAMED_WITHIN_S}", flush=True)
        equal(set(by), {dead.number, nils.number}, "who is named")
        true(any(a["kind"] == "silent" and "Hall B sends only silence" in a["text"] for a in by[dead.number]), f"{by[dead.number]}")
        true(any(a["kind"] == "lost-out" and a["text"].startswith("Nils Holm loses") for a in by[nils.number]), f"{by[nils.number]}")
        person = next(p for p in top(relay, "--session", s)["people"] if p["name"] == "Nils Holm")
        true(5 <= person["lost_out_percent"] <= 30 and person["quality_out"] < 90, f"{person}")
        between.close()


class Terminal:
    """The console on a terminal of its own. `raw` is all that was written there; `said` what came since the last words that were waited for,
    without what moves the cursor."""

    def __init__(self, relay, width=80, height=24, **environment):
        self.near, far = pty.openpty()
        self.resize(width, height)
        self.process = subprocess.Popen([program("aulactl"), "--data", relay.data, "console"], stdin=far, stdout=far, stderr=far, start_new_session=True,
                                        env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment})
        os.close(far)
        self.raw, self.seen, self.said = b"", 0, ""

    def resize(self, width, height):
        fcntl.ioctl(self.near, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def press(self, keys):
        os.write(self.near, keys.encode())

    def shows(self, words, seconds=PATIENCE_S):
        """Waits until the words stand there. ncurses writes only what has changed, so all of it is asked for again and again (Ctrl-L)."""
        end, again = time.monotonic() + seconds, 0.0
        while words not in self.said:
            if time.monotonic() > again:
                self.press("\x0c")
                again = time.monotonic() + 0.5
            true(time.monotonic() < end, f"no {words!r} within {seconds} s, but {self.said[-1500:]!r}")
            if select.select([self.near], [], [], 0.1)[0]:
                self.raw += os.read(self.near, 1 << 16)
                self.said = re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|[()].|[=>78])", "", self.raw[self.seen:].decode(errors="replace"))
        self.seen, self.said = len(self.raw), ""

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.near)


@rows.row
def on_a_terminal():
    """the console shows sessions, says so when the relay is killed, is back with it, ends a session when that is confirmed, and says so at 20x5"""
    with Relay() as relay:
        s = relay.session("Acoustics")
        relay.session("Botany")
        seen = Terminal(relay)
        try:
            seen.shows("Botany")
            relay.kill()
            seen.shows("OLD PICTURE")
            relay.start()
            seen.shows("up 0d")  # a title that is true: before that, what is asked finds nobody
            seen.press("/acou\r")
            seen.shows("Acoustics")
            seen.press("E")
            seen.shows("y = yes")
            seen.press("y")
            until(lambda: relay.show(s)["state"] == "ended", "the session's end")
            seen.resize(20, 5)
            os.kill(seen.process.pid, signal.SIGWINCH)
            seen.shows("Too small: 20x5")
            seen.resize(200, 50)
            os.kill(seen.process.pid, signal.SIGWINCH)
            seen.shows("Acoustics")
            seen.press("q")
            equal(seen.process.wait(PATIENCE_S), 0, "its exit status")
        finally:
            seen.close()
        status, _, why = relay.aulactl("console")
        equal((status, "needs a terminal" in why), (2, True), f"without a terminal: {why}")


@rows.row
def without_colour():
    """with NO_COLOR no colour is sent; draining is asked about, and not done without a yes"""
    with Relay() as relay:
        relay.session("Grey")
        seen = Terminal(relay, NO_COLOR="1")
        try:
            seen.shows("Nothing is wrong.")
            seen.press("D")
            seen.shows("Drain the relay?")
            seen.press("n")
            seen.shows("Nothing was done.")
            true(not re.search(rb"\x1b\[[0-9;]*(3[0-7]|38;5;\d+)m", seen.raw), f"{seen.raw[:300]}")
            true(not top(relay)["relay"]["draining"], "it drains")
        finally:
            seen.close()


if __name__ == "__main__":
    sys.exit(rows.run())
