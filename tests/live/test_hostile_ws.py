#!/usr/bin/env python3
"""Members who behave badly: one stops reading, a hundred never speak, others say nonsense, too much, too large. They are cut or told,
and the session goes on unharmed for all others."""
import json
import os
import random
import re
import socket
import ssl
import sys
import threading
import time
import urllib.request

from aula_bench import PATIENCE_S, Relay, endless, free_address, until
from guards_lib import Rows, WebSocket, equal, true
from member import Member

rows = Rows()
METRICS = free_address()
SEED = 5
NONSENSE = ['', 'null', '[]', '7', '"x"', '{', '{"kind"', '{"kind":7}', '{"kind":"do"}', '{"kind":"hello","v":2,"token":"x"}', '{"kind":"do","id":"x","verb":"chat"}',
            '{"kind":"do","id":1e99,"verb":"chat","text":"x"}', '{"kind":"do","id":-1,"verb":"hand-up"}', '{"kind":"do","id":1,"verb":"fly"}',
            '{"kind":"do","id":1,"verb":"grant","who":99999999999}', '{"kind":"do","id":1,"verb":"page","deck":"x","page":-3}',
            '{"kind":"offer","sdp":"v=0"}', '{"kind":"offer","sdp":7}', '{"kind":"offer","sdp":"' + 'a' * 60000 + '"}', '{"kind":"pointer"}',
            '{"kind":"line","received":-1}', '{"a":1,"a":2}', '{"kind":"people"}', '{"kind":"people","id":1,"text":7}', '{"kind":"people","id":1,"after":-1}',
            '{"kind":"people","id":1,"text":"\u202ex"}', '{"kind":"people","id":1,"text":"' + 'x' * 3000 + '"}', '{"kind":"do","id":1,"verb":"chat","text":"\\ud800"}',
            '[' * 30000, '{"kind":' * 5000, '{"kind":"do","id":1,"verb":"chat","text":"' + 'x' * 3000 + '"}', '\u0000' * 10, 'x' * 65536]


def metric(name):
    with urllib.request.urlopen(f"http://{METRICS}/metrics", timeout=PATIENCE_S) as reply:
        return int(re.search(name + r"(?:_total)? (\d+)\n", reply.read().decode())[1])


class Session:
    """A chair and a listener who must notice nothing, and a lecture that must not lose a packet."""

    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("A bad neighbourhood")
        self.chair = relay.join(self.link("Ada", "chair"), "--no-audio")
        self.listener = relay.join(self.link("Bob"), payloads=True)
        self.listener.await_event("sound-up")
        self.lecturer = relay.join(self.link("Lea", "lecturer"), payloads=True, play=endless("en"))
        until(lambda: self.listener.payloads(), "the lecture")
        self.said = 0

    def link(self, name, role="trainee"):
        return self.relay.link(self.s, role, name)

    def unharmed(self):
        """A chat message goes from the chair to the listener, and the lecture has no gap."""
        self.said += 1
        text = f"message {self.said}"
        self.chair.say(f"chat {text}")
        self.listener.await_event("chat", lambda e: e["text"] == text)
        mark = len(self.listener.payloads())
        until(lambda: len(self.listener.payloads()) > mark + 10, "the lecture goes on")
        heard = [p["seq"] for p in self.listener.payloads() if p["dir"] == "in"]
        equal({(b - a) % 65536 for a, b in zip(heard, heard[1:])}, {1}, "steps of the listener's numbers")
        for p in (self.chair, self.listener, self.lecturer):
            equal(p.of_kind("lost") + p.of_kind("over"), [], "who must notice nothing was disturbed")


@rows.row
def stops_reading(s):
    """a reader that stops reading is cut, and may come back to the whole of it; the others get every message"""
    stuck_url = s.link("Stuck")
    stuck = Member(s.relay, stuck_url, receive_buffer=4096)
    before, text = metric("aula_slow_readers"), "\U0001F600" * 2000  # 8,000 bytes each
    writers = [Member(s.relay, s.link(f"Writer {i}")) for i in range(20)]
    count = [0]
    stop = threading.Event()

    def write(m):
        while not stop.is_set():
            if m.answer(m.do("chat", text=text))["kind"] == "done":
                count[0] += 1
            else:
                time.sleep(0.2)

    threads = [threading.Thread(target=write, args=(m,)) for m in writers]
    for t in threads:
        t.start()
    try:
        until(lambda: metric("aula_slow_readers") > before, "that the stuck reader is cut", 2 * PATIENCE_S, step=0.2)
    finally:
        stop.set()
        for t in threads:
            t.join()
    print(f"# cut after {count[0]} messages of 8 kB", flush=True)
    for m in writers:
        m.close()
    until(lambda: sum(len(e["text"]) == 2000 for e in s.listener.of_kind("chat")) >= count[0], "every message at the listener")
    equal(s.relay.person(s.s, "Stuck")["floor"], False, "the seat is kept")
    s.unharmed()
    again = Member(s.relay, stuck_url)
    equal((again.welcome["kind"], again.number), ("welcome", stuck.number), "he comes back")
    again.close()
    stuck.close()


@rows.row
def never_speak(s):
    """a hundred connections that never speak are closed; a hundred that are half open too"""
    before = metric("aula_connections")
    silent = [WebSocket(s.relay.port) for _ in range(100)]
    plain = [socket.create_connection(("127.0.0.1", s.relay.port)) for _ in range(100)]
    s.unharmed()
    s.unharmed()
    for ws in silent:
        heard = ws.hear()
        true(isinstance(heard, tuple) or json.loads(heard)["why"] == "protocol", f"what the silent one hears: {heard}")
    for raw in plain:
        raw.settimeout(PATIENCE_S)
        try:
            equal(raw.recv(10), b"", "what a half open one gets")
        except ConnectionError:
            pass
        raw.close()
    for ws in silent:
        ws.close()
    until(lambda: metric("aula_connections") <= before, "the connections are gone")
    s.unharmed()


@rows.row
def nonsense(s):
    """senseless first sentences are answered by bye or an end, and nothing else"""
    for sentence in NONSENSE:
        ws = WebSocket(s.relay.port)
        ws.say(sentence)
        heard = ws.hear()
        true(isinstance(heard, tuple) or json.loads(heard)["kind"] == "bye", f"{sentence[:40]!r} was answered by {heard}")
        ws.close()
    s.unharmed()


@rows.row
def nonsense_within(s):
    """senseless sentences of a member are refused or end his connection; his seat is kept"""
    url = s.link("Babbler")
    for sentence in NONSENSE:
        m = Member(s.relay, url)
        m.ws.say(sentence)
        try:
            m.answer(m.do("hand-down"))
        except (ConnectionError, ssl.SSLError):
            pass  # cut: he comes back with the next
        m.close()
    s.unharmed()


@rows.row
def mutations(s):
    """a thousand good sentences with bytes changed: each member is refused or cut, the relay lives"""
    dice = random.Random(SEED)
    good = ['{"kind":"do","id":3,"verb":"chat","text":"hello there"}', '{"kind":"do","id":4,"verb":"grant","who":2}', '{"kind":"line","received":50,"lost":1,"jitter_ms":4}',
            '{"kind":"do","id":5,"verb":"page","deck":"abc","page":2,"rtp":5}', '{"kind":"pointer","deck":"x","page":3,"x":0.25,"y":0.5}',
            '{"kind":"people","id":6,"text":"zo\u00eb","place":"Hall A","after":3}']
    url, m = s.link("Mutant"), None
    for _ in range(1000):
        data = bytearray(dice.choice(good).encode())
        for _ in range(dice.randrange(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(32, 127)
        try:
            m = m or Member(s.relay, url)
            m.ws.frame(bytes(data))
        except (OSError, ConnectionError, EOFError):
            m = None
    s.unharmed()


@rows.row
def oversize(s):
    """a sentence over 64 KiB, in one frame or in many, and binary frames end the connection"""
    url = s.link("Large")
    for make in (lambda ws: ws.frame(b"x" * 70000), lambda ws: [ws.frame(b"x" * 10000, opcode=0 if i else 1, final=False) for i in range(9)],
                 lambda ws: ws.frame(b"x" * 70000, claim=1 << 40), lambda ws: ws.frame(b"\xff\xfe\xfd"), lambda ws: ws.frame(b"binary", opcode=2)):
        m = Member(s.relay, url)
        try:
            make(m.ws)
            m.ws.hear_close()
        except (ConnectionError, ssl.SSLError):
            pass  # cut while it was still being sent
        m.close()
    equal(Member(s.relay, url).welcome["kind"], "welcome", "he may come back")
    s.unharmed()


@rows.row
def floods(s):
    """floods of commands, pointers, pings, offers and searches are refused or cut"""
    flood = [lambda m, i: m.do("hand-up" if i % 2 else "hand-down"), lambda m, i: m.say(kind="pointer", deck="x", page=1, x=0.5, y=0.5),
             lambda m, i: m.ws.frame(b"ping", opcode=9), lambda m, i: m.say(kind="offer", sdp="v=0\r\n"), lambda m, i: m.say(kind="hello", v=1, token="x"),
             lambda m, i: m.say(kind="people", id=i, text="a")]
    url = s.link("Flood")
    for one in flood:
        m = Member(s.relay, url)
        try:
            for i in range(3000):
                one(m, i)
        except OSError:
            pass  # cut
        m.close()
    s.unharmed()


@rows.row
def joins_and_goes(s):
    """three hundred joins and sudden ends of one seat"""
    url = s.link("Nervous")
    for _ in range(300):
        Member(s.relay, url).close()
    s.unharmed()
    numbers = [p["id"] for p in s.relay.show(s.s)["participants"] if p["name"] == "Nervous"]
    equal(len(numbers), 1, "seats")


@rows.row
def memory(s):
    """after all of it the relay is small, its descriptors are few, and its log is short"""
    def descriptors():
        return len(os.listdir(f"/proc/{s.relay.pid}/fd"))

    until(lambda: descriptors() < 60, f"few descriptors are open: {descriptors()}")
    with open(f"/proc/{s.relay.pid}/status", encoding="ascii") as f:
        status = dict(line.split(":", 1) for line in f)
    fds = descriptors()
    print(f"# resident: {status['VmRSS'].strip()}, {fds} descriptors, {len(s.relay.log().splitlines())} log lines", flush=True)
    true(len(s.relay.log().splitlines()) < 200, "the log is not flooded")


if __name__ == "__main__":
    with Relay("--metrics", METRICS) as the_relay:
        status = rows.run(Session(the_relay))
    sys.exit(status)
