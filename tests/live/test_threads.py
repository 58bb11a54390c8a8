#!/usr/bin/env python3
"""A short day with every thread of the relay at work at once, for ThreadSanitizer above all: two workers, three recorded sessions in which two talk,
decks, a webhook, somebody who looks at everything all the time; new certificate and secret (SIGHUP), SIGTERM, kill -9, and the end.
usage: test_threads.py FOLDER-OF-PDFS"""
import os
import signal
import sys
import tempfile
import threading
import urllib.request

from aula_bench import PATIENCE_S, Relay, endless, free_address, until
from guards_lib import Rows, equal, get, true
from ports import HOST, free_ports
from receiver import SECRET, Receiver

rows = Rows()
SESSIONS = 3
PDF = os.path.join(sys.argv[1], "good.pdf")


class Onlooker(threading.Thread):
    """Asks for figures, lists, logs and health until it is told to end; a relay that is just gone is no answer."""

    def __init__(self, day):
        super().__init__(daemon=True)
        self.day, self.over, self.answers = day, threading.Event(), 0
        self.start()

    def run(self):
        relay = self.day.relay
        while not self.over.is_set():
            for ask in (self.metrics, lambda: relay.aulactl("top", "--once", "--session", self.day.sessions[0]), lambda: get(relay.port, "/healthz"),
                        lambda: relay.aulactl("log", "show", "--session", self.day.sessions[-1]), lambda: relay.aulactl("list", "--all")):
                try:
                    ask()
                    self.answers += 1
                except OSError:
                    pass

    def metrics(self):
        with urllib.request.urlopen(f"http://{self.day.metrics}/metrics", timeout=PATIENCE_S) as answer:
            answer.read()

    def end(self):
        self.over.set()
        self.join()


class Hall:
    """One session: two who talk, one who hears them mixed, a chair."""

    def __init__(self, relay, name):
        self.relay, self.s = relay, relay.ctl("session", "create", "--title", name, "--room", "A", "--record")["session"]
        join, link = relay.join, relay.link
        self.chair = join(link(self.s, "chair", "Ada"), "--no-audio")
        self.listener = join(link(self.s, "trainee", "Bob"), payloads=True)
        self.listener.await_event("sound-up")
        self.talkers = [join(link(self.s, "lecturer", "Lea"), play=endless("en")), join(link(self.s, "lecturer", "Leo"), play=endless("it"))]

    def heard(self, numbers, since=0):
        return any(set(p["csrc"]) == numbers for p in self.listener.payloads()[since:] if p["dir"] == "in")

    def goes_on(self):
        """One alone and both together are heard from now on, as the second mutes and unmutes himself."""
        lea, leo = (t.number for t in self.talkers)
        for verb, who in (("mute", {lea}), ("unmute", {lea, leo})):
            self.talkers[1].say(verb)
            since = len(self.listener.payloads())
            until(lambda who=who, since=since: self.heard(who, since), f"{who} are heard after {verb}")


class Day:
    def __init__(self, relay, receiver, metrics):
        self.relay, self.receiver, self.metrics = relay, receiver, metrics
        self.halls = [Hall(relay, f"Hall {i}") for i in range(SESSIONS)]
        self.sessions = [h.s for h in self.halls]

    def goes_on(self):
        for h in self.halls:
            h.goes_on()


@rows.row
def together(day):
    """all that the relay does, while somebody looks on: everyone is heard, alone and with another"""
    onlooker = Onlooker(day)
    uploads = [threading.Thread(target=day.relay.deck, args=(s, PDF)) for s in day.sessions[:2]]
    for t in uploads:
        t.start()
    day.goes_on()
    for t in uploads:
        t.join()
    onlooker.end()
    true(onlooker.answers > 0, "the onlooker was answered")


@rows.row
def reloaded(day):
    """SIGHUP amid it: certificate and secret are read again"""
    onlooker = Onlooker(day)
    for _ in range(3):
        day.relay.process.send_signal(signal.SIGHUP)
        day.halls[0].goes_on()
    onlooker.end()
    equal(get(day.relay.port, "/healthz")[0], 200, "health")


@rows.row
def ended_and_killed(day):
    """SIGTERM, and kill -9, amid it: all come back and are heard"""
    for end in (day.relay.stop, day.relay.kill):
        onlooker = Onlooker(day)
        before = [{p: len(p.events) for p in (h.chair, h.listener, *h.talkers)} for h in day.halls]
        end()
        day.relay.start()
        for counts in before:
            for p, count in counts.items():
                p.await_event("welcome", after=count)
        day.goes_on()
        onlooker.end()


@rows.row
def over(day):
    """sessions end, one after the other, the last by drain; the webhook has been told of each"""
    day.relay.ctl("drain")
    for h in day.halls:
        day.relay.ctl("end", "--session", h.s)
        for p in (h.chair, h.listener, *h.talkers):
            equal(p.wait(), 0, "exit status")
    equal(day.relay.process.wait(PATIENCE_S), 0, "exit status of aulad")
    day.relay.stop()
    day.relay.start()
    until(lambda: all("state" in day.receiver.kinds(s) for s in day.sessions), "each session's end at the receiver")


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile("w") as secret, Receiver() as the_receiver:
        secret.write(SECRET + "\n")
        secret.flush()
        at = free_address()
        the_relay = Relay("--metrics", at, "--workers", "2", "--webhook-url", the_receiver.url, "--webhook-secret-file", secret.name)
        the_relay.media = f"{HOST}:{free_ports(2)}"
        with the_relay:
            status = rows.run(Day(the_relay, the_receiver, at))
        equal(the_receiver.wrong, [], "deliveries with a wrong head")
    sys.exit(status)
