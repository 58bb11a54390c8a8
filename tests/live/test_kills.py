#!/usr/bin/env python3
"""kill -9 at random moments, under load: fifty write events as fast as they may, a lecture goes on, and the relay is killed and started
again, round after round. No event that was acknowledged is lost or comes twice, whoever was there is there as he was, and those who
listened hear again by themselves. usage: test_kills.py [ROUNDS]"""
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time

from aula_bench import Relay, environment, program, source, speech, until
from crowd import Crowd
from guards_lib import Rows, equal, true
from member import Member
from ogg_opus import Ogg

rows = Rows()
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = 200
WRITERS, LISTENERS = 50, 10
QUEUE = 3  # whose hands stay up over all rounds


class Writer(threading.Thread):
    """Chats until the connection breaks; keeps what was acknowledged."""

    def __init__(self, hall, url, number):
        super().__init__(daemon=True)
        self.hall, self.url, self.number = hall, url, number

    def run(self):
        hall = self.hall
        try:
            m = Member(hall.relay, self.url)
            waiting = {}
            while m.welcome["kind"] == "welcome":
                while len(waiting) < 5:
                    text = f"{self.number} {hall.next_word()}"
                    waiting[m.do("chat", text=text)] = text
                said = m.hear()
                if said["kind"] == "closed":
                    return
                if said["kind"] == "done":
                    text = waiting.pop(said["id"])
                    with hall.lock:
                        hall.acknowledged[said["n"]] = (m.number, text)
                elif said["kind"] == "refused":
                    waiting.pop(said.get("id"), None)
                    time.sleep(0.05)
        except (OSError, ConnectionError, TimeoutError):
            return  # the relay has gone


class Hall:
    def __init__(self, relay):
        self.relay, self.lock, self.dice = relay, threading.Lock(), random.Random(SEED)
        self.acknowledged, self.words, self.rounds = {}, 0, 0
        self.s = relay.ctl("session", "create", "--title", "A bad day", "--room", "A", "--room", "B", "--record")["session"]
        self.deck = relay.deck(self.s, source("relay/demo-deck/how-sound-travels.pdf"))
        ca, self.journal_path = os.path.join(relay.data, "tls.crt"), os.path.join(relay.data, "journal")
        urls = [relay.link(self.s, "lecturer", "Lea", "A")] + [relay.link(self.s, "trainee", f"Listener {i}") for i in range(LISTENERS)]
        self.hands = [Member(relay, relay.link(self.s, "trainee", f"Hand {i}")) for i in range(QUEUE)]
        for m in reversed(self.hands):
            m.must("hand-up")
        self.urls = [relay.link(self.s, "trainee", f"Writer {i}") for i in range(WRITERS)]
        self.crowd = Crowd(urls, ca, "--talk", "1", "--play", speech("en"), "--journal", self.journal_path)
        self.read, self.back, self.heard, self.begun = 0, {}, {}, time.monotonic()

    def next_word(self):
        with self.lock:
            self.words += 1
            return self.words

    # --- what the listeners heard ---

    def heard_since(self, at_us):
        """Listeners who came back after this moment and then got a packet; the journal is read on from where it was."""
        with open(self.journal_path, "rb") as f:
            f.seek(self.read)
            text = f.read()
        whole = text.rfind(b"\n") + 1
        self.read += whole
        for line in text[:whole].split(b"\n"):
            words = line.split(b" ")
            if len(words) < 3 or int(words[0]) <= at_us:
                continue
            person = int(words[2])
            if words[1] == b"up":
                self.back.setdefault(person, int(words[0]))
            elif words[1] == b"got" and person in self.back:
                self.heard.setdefault(person, int(words[0]))
        return sum(p > 0 for p in self.heard)

    # --- the log ---

    def log_now(self):
        """Every event of the session, as it is on disk."""
        with sqlite3.connect(f"file:{self.relay.data}/aula.db?mode=ro", uri=True) as db:
            return {n: json.loads(text) for n, text in
                    db.execute("SELECT n, text FROM log WHERE session = ? AND n > 0 ORDER BY n", (self.s,))}

    def state(self):
        shown = self.relay.show(self.s)
        people = {p["id"]: (p["name"], p["role"], p["place"], p["floor"], p["muted"]) for p in shown["participants"]}
        queue = [p["id"] for p in sorted(shown["participants"], key=lambda p: p["queue"]) if p["queue"]]
        return people, queue, shown.get("page"), shown["state"]

    # --- a round ---

    def round(self):
        relay, self.rounds = self.relay, self.rounds + 1
        relay.ctl("page", "--session", self.s, "--deck", self.deck, "--page", self.rounds % 5 + 1)
        before = self.state()
        writers = [Writer(self, url, i) for i, url in enumerate(self.urls)]
        for w in writers:
            w.start()
        time.sleep(self.dice.uniform(0.1, 0.6))
        relay.kill()
        killed_us = int(time.monotonic() * 1e6)
        for w in writers:
            w.join()
        self.back, self.heard = {}, {}
        relay.start()
        after = self.state()
        for number, person in before[0].items():
            equal(after[0].get(number), person, f"person {number}")
        equal(after[1:], before[1:], "queue, page and state")
        until(lambda: self.heard_since(killed_us) == LISTENERS, "all hear again")
        return (max(t for p, t in self.heard.items() if p > 0) - killed_us) / 1e6


@rows.row
def killed(hall):
    """whoever was there is there as he was, and hears again"""
    times = [hall.round() for _ in range(ROUNDS)]
    print(f"# {ROUNDS} kills, {len(hall.acknowledged)} events acknowledged; heard again after {sorted(times)[len(times) // 2]:.2f} s "
          f"in the median, {max(times):.2f} s at the most", flush=True)
    true(len(hall.acknowledged) > 20 * ROUNDS, "there was load")


@rows.row
def nothing_lost(hall):
    """every event that was acknowledged is in the log, at its number; none comes twice; numbers have no gap"""
    log = hall.log_now()
    equal(sorted(log), list(range(1, len(log) + 1)), "numbers")
    equal({n: e["n"] for n, e in log.items() if e["n"] != n}, {}, "numbers in the events")
    said = {n: (e["who"], e["text"]) for n, e in log.items() if e["kind"] == "chat"}
    equal({n: said.get(n) for n in hall.acknowledged}, hall.acknowledged, "acknowledged events")
    texts = [text for _, text in said.values()]
    equal(len(texts), len(set(texts)), "words that came once")
    equal(sum(e["kind"] == "restarted" for e in log.values()), ROUNDS, "restarts")


@rows.row
def recorded(hall):
    """the recording, cut at every kill, plays to its end, and is as long as the day was"""
    path = os.path.join(hall.relay.data, "recordings", hall.s, "floor.opus")

    def recorded_s():
        with open(path, "rb") as f:
            return Ogg(f.read(), cut=True).granule / 48000

    # Each life of the relay was shorter than a page of a recording: the last one's is awaited.
    until(lambda: recorded_s() > time.monotonic() - hall.begun - 5, "a recording as long as the day", step=0.5)
    played = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "48000", "-"], capture_output=True,
                            check=False)
    seconds = len(played.stdout) / 2 / 48000
    print(f"# {seconds:.1f} s recorded of {time.monotonic() - hall.begun:.1f} s", flush=True)
    equal((played.returncode, played.stderr), (0, b""), "ffmpeg's status and complaints")
    true(seconds > recorded_s() - 5, "what plays is shorter than the recording")


@rows.row
def verified(hall):
    """the log is as it must be, and says the same through aulactl"""
    status, out, err = hall.relay.aulactl("log", "verify", json_output=False)
    print(f"# {out.strip()}", flush=True)
    true(status == 0 and "all is as it must be" in out, out + err)
    shown = [json.loads(line) for line in hall.relay.aulactl("log", "show", "--session", hall.s)[1].splitlines()]
    log = hall.log_now()
    equal(shown, [log[e["n"]] for e in shown], "log show")
    equal([e["n"] for e in shown], list(range(1, len(shown) + 1)), "its numbers")
    done = subprocess.run([program("aulad"), "--data", hall.relay.data, "--verify-log"], capture_output=True, env=environment(), check=False)
    equal(done.returncode, 0, f"aulad --verify-log ({done.stdout!r}, {done.stderr!r})")


if __name__ == "__main__":
    with Relay() as the_relay:
        the_hall = Hall(the_relay)
        the_relay.participants.append(the_hall.crowd)
        status = rows.run(the_hall)
    sys.exit(status)
