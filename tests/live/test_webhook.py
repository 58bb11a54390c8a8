#!/usr/bin/env python3
"""A webhook against a real relay: signed, in order, each event at least once over refusals, kills and restarts; and a receiver that hangs."""
import hashlib
import hmac
import http.server
import json
import os
import socket
import sys
import tempfile
import threading
import time

from aula_bench import Relay, until
from guards_lib import Rows, equal, true

rows = Rows()
SECRET = os.urandom(40).hex()


class Receiver:
    """A receiver on loopback. `say` gives the status of each delivery; 0 hangs up without an answer."""

    def __init__(self, say=lambda n: 200):
        self.deliveries, self.events, self.wrong = 0, [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = dict(p.split("=", 1) for p in self.headers["Aula-Signature"].split(","))
                good = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                if parts["v1"] != good or abs(int(parts["t"]) - time.time()) > 60 or self.headers["Content-Type"] != "application/json":
                    receiver.wrong.append(dict(self.headers))
                receiver.deliveries += 1
                status = say(receiver.deliveries)
                if status == 200:
                    receiver.events += json.loads(body)["events"]
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kinds(self, session):
        return [e["event"]["kind"] for e in self.events if e["session"] == session]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def hooked(url, **more):
    return Relay("--webhook-url", url, "--webhook-secret-file", SECRET_FILE, **more)


def in_order(receiver):
    numbers = [e["row"] for e in receiver.events]
    equal(receiver.wrong, [], "deliveries with a wrong head")
    fresh = [n for i, n in enumerate(numbers) if n > max(numbers[:i], default=0)]
    equal(sorted(set(numbers)), fresh, "rows, each first seen in order")


@rows.row
def told():
    """sessions and attendance are told, signed and in order; chat and pages are not"""
    with Receiver() as receiver, hooked(receiver.url) as relay:
        s = relay.session("Told", rooms=["A"])
        bob = relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
        relay.ctl("message", "--session", s, "nobody else's business")
        relay.ctl("check-in", "--session", s, "--room", "A", "--participant", "Bob")
        bob.say("leave")
        bob.wait(20)
        relay.ctl("end", "--session", s)
        until(lambda: "state" in receiver.kinds(s), "the end")
        equal([k for k in receiver.kinds(s) if k != "away"], ["created", "joined", "checked-in", "left", "state"], "kinds")
        equal(receiver.events[0]["event"]["title"], "Told", "as it is in the log")
        in_order(receiver)


@rows.row
def refused_at_first():
    """a receiver that refuses, redirects or hangs up gets the same again, later"""
    with Receiver(lambda n: {1: 500, 2: 0, 3: 302}.get(n, 200)) as receiver, hooked(receiver.url) as relay:
        s = relay.session("Again")
        until(lambda: receiver.kinds(s) == ["created"], "the event", 40)
        true(receiver.deliveries >= 4, f"deliveries: {receiver.deliveries}")
        until(lambda: "takes events again" in relay.log(), "the log's line")
        equal(relay.log().count("does not take events"), 1, "said once")
        in_order(receiver)


@rows.row
def hangs():
    """a receiver that never answers harms nothing: the relay answers, and ends at once; nothing is lost"""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        data = tempfile.mkdtemp(prefix="aula-hook-")
        relay = hooked(f"http://127.0.0.1:{silent.getsockname()[1]}", data=data)
        relay.start()
        relay.session("First")
        caller = silent.accept()[0]  # it is open and hears nothing
        for i in range(20):
            relay.session(f"More {i}")
        equal(len(relay.ctl("list")["sessions"]), 21, "sessions")
        begun = time.monotonic()
        relay.stop()
        print(f"# ended after {time.monotonic() - begun:.1f} s")
        caller.close()
    with Receiver() as receiver:
        relay.flags = ["--webhook-url", receiver.url, "--webhook-secret-file", SECRET_FILE]
        relay.start()
        until(lambda: sum(e["event"]["kind"] == "created" for e in receiver.events) == 21, "all that happened meanwhile")
        in_order(receiver)
        relay.stop()
    relay.own_folder = True
    relay.destroy()


@rows.row
def kills():
    """over kills of the relay each event comes, in order"""
    with Receiver() as receiver, hooked(receiver.url) as relay:
        for i in range(4):
            made = [relay.session(f"{i} {k}") for k in range(10)]
            relay.kill()
            relay.start()
        until(lambda: all("created" in receiver.kinds(s) for s in made), "the last ones")
        equal(sum(k == "created" for s in {e["session"] for e in receiver.events} for k in set(receiver.kinds(s))), 40, "sessions told")
        in_order(receiver)


@rows.row
def backlog():
    """what happened before the key was given is not told; a position that was set back tells it, one behind the end is mended"""
    with Relay() as relay:
        old = relay.session("Before")
        relay.stop()
        with Receiver() as receiver:
            relay.flags = ["--webhook-url", receiver.url, "--webhook-secret-file", SECRET_FILE]
            relay.start()
            new = relay.session("After")
            until(lambda: receiver.kinds(new), "the new one")
            equal("created" in receiver.kinds(old), False, "the old one is told")
            relay.stop()
            with open(os.path.join(relay.data, "webhook.position"), "w", encoding="ascii") as f:
                f.write("0\n")
            relay.start()
            until(lambda: "created" in receiver.kinds(old), "told from the first row on")
            relay.kill()  # first: while it runs it keeps the position itself
            with open(os.path.join(relay.data, "webhook.position"), "w", encoding="ascii") as f:
                f.write("99999999\n")
            relay.start()
            until(lambda: "ends before" in relay.log(), "a log that was put back is said")
            last = relay.session("Last")
            until(lambda: receiver.kinds(last), "it goes on")
            relay.stop()


@rows.row
def mistakes():
    """a wrong address, one key without the other, a short secret, a spoilt position: one line each"""
    import subprocess
    from aula_bench import program
    with tempfile.TemporaryDirectory() as folder:
        short = os.path.join(folder, "short")
        with open(short, "w", encoding="ascii") as f:
            f.write("short\n")
        for url, secret, part in (("http://example.org/x", SECRET_FILE, "must be https://"), ("ftp://x", SECRET_FILE, "must be https://"),
                                  ("http://127.0.0.1.example.org/", SECRET_FILE, "must be https://"), ("https://a@b/", SECRET_FILE, "must be https://"),
                                  ("https://example.org/", None, "go together"), (None, SECRET_FILE, "go together"),
                                  ("https://example.org/", short, "32 to 1024"), ("https://example.org/", "/nosuch", "cannot be read")):
            flags = (["--webhook-url", url] if url else []) + (["--webhook-secret-file", secret] if secret else [])
            done = subprocess.run([program("aulad"), "--data", os.path.join(folder, "d"), "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", *flags],
                                  capture_output=True, text=True, timeout=30, check=False)
            equal(done.returncode, 2, f"{url} {secret}: exit status")
            true(part in done.stderr, done.stderr)
        for text in ("x", ""):
            with open(os.path.join(folder, "d", "webhook.position"), "w", encoding="ascii") as f:
                f.write(text)
            done = subprocess.run([program("aulad"), "--data", os.path.join(folder, "d"), "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0",
                                   "--webhook-url", "https://example.org/", "--webhook-secret-file", SECRET_FILE], capture_output=True, text=True,
                                  timeout=30, check=False)
            true(done.returncode == 2 and "holds no number" in done.stderr, f"{text!r}: {done.stderr}")


with tempfile.NamedTemporaryFile() as secret_file:
    secret_file.write(SECRET.encode() + b"\n")
    secret_file.flush()
    SECRET_FILE = secret_file.name
    sys.exit(rows.run())
