#!/usr/bin/env python3
"""A webhook against a real relay: signed, in order, each event at least once over refusals, kills and restarts; receivers that hang, and
receivers whose certificate is wrong; its figures; secrets that are changed while it runs."""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from aula_bench import PATIENCE_S, Relay, free_address, program, until
from guards_lib import Rows, equal, true
from receiver import SECRET, Receiver

rows = Rows()


def hooked(url, **more):
    return Relay("--webhook-url", url, "--webhook-secret-file", SECRET_FILE, **more)


class Authority:
    """A private CA, and certificates of it."""

    def __init__(self, folder):
        self.folder = folder
        self.crt, self.key = self.path("ca.crt"), self.path("ca.key")
        self.openssl("req", "-x509", *NEW_KEY, "-subj", "/CN=Our own CA", "-keyout", self.key, "-out", self.crt, "-days", "9")

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def certificate(self, name, days):
        request, key, crt, names = (self.path(f"{name}{days}.{end}") for end in ("csr", "key", "crt", "ext"))
        with open(names, "w", encoding="ascii") as f:
            f.write(f"subjectAltName=DNS:{name}\n")
        self.openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.crt, "-CAkey", self.key, "-CAcreateserial", "-days", str(days), "-extfile", names, "-out", crt)
        return crt, key


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def figures(relay):
    return relay.ctl("top", "--once")["relay"]["webhook"]


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
        bob.wait(PATIENCE_S)
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
        until(lambda: receiver.kinds(s) == ["created"], "the event")
        true(receiver.deliveries >= 4, f"deliveries: {receiver.deliveries}")
        until(lambda: "takes events again" in relay.log(), "the log's line")
        equal(relay.log().count("does not take events"), 1, "said once")
        in_order(receiver)


@rows.row
def private_ca():
    """https to a receiver of a private CA: told; a wrong name, an end in the past, a CA that is not trusted, a redirect: nothing is, and why is said"""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder)
        other = Authority(tempfile.mkdtemp(dir=folder))
        good = authority.certificate("localhost", 5)
        cases = [("good", good, authority.crt, 200, None),
                 ("wrong name", authority.certificate("elsewhere.example", 5), authority.crt, 200, "no alternative certificate subject name matches"),
                 ("ended", authority.certificate("localhost", -1), authority.crt, 200, "certificate has expired"),
                 ("not trusted", good, other.crt, 200, "SSL certificate problem"),
                 ("the system's alone", good, None, 200, "SSL certificate problem"),
                 ("redirect", good, authority.crt, 307, "status 307")]
        for what, certificate, ca, status, why in cases:
            flags = ("--webhook-ca", ca) if ca else ()
            with Receiver(lambda n, status=status: status, certificate) as receiver, \
                    Relay("--webhook-url", receiver.url, "--webhook-secret-file", SECRET_FILE, *flags) as relay:
                s = relay.session(what)
                if why:
                    until(lambda: "does not take events" in relay.log(), f"{what}: the log's line")
                    true(why in relay.log(), f"{what}: {relay.log()}")
                    f = figures(relay)
                    equal((f["delivered"], f["waiting"], f["failed"] > 0, "failing_s" in f), (0, 1, True, True), f"{what}: figures")
                else:
                    until(lambda: receiver.kinds(s) == ["created"], "the event")
                equal(receiver.deliveries > 0, status != 200 or not why, f"{what}: anything came")
                equal(set(receiver.paths) - {"/hook"}, set(), f"{what}: addresses that were asked")
                in_order(receiver)


def metrics(at):
    with urllib.request.urlopen(f"http://{at}/metrics", timeout=PATIENCE_S) as answer:
        text = answer.read().decode()
    return {n: int(v) for n, v in re.findall(r"^aula_webhook_(\w+?)(?:_total)? (\d+)$", text, re.M)}


@rows.row
def counted():
    """top, /metrics and the receiver count the same events and deliveries, while it refuses and once it takes them"""
    at, taking = free_address(), threading.Event()
    with Receiver(lambda n: 200 if taking.is_set() else 503) as receiver, hooked(receiver.url) as relay:
        relay.stop()
        relay.flags += ["--metrics", at]
        relay.start()
        before = figures(relay)
        equal({k: before[k] for k in ("delivered", "failed", "waiting")}, {"delivered": 0, "failed": 0, "waiting": 0}, "at first")
        for i in range(5):
            relay.ctl("message", "--session", relay.session(f"Number {i}"), "this is not told")
        until(lambda: figures(relay)["waiting"] == 5, "five events that wait")
        until(lambda: figures(relay)["failed"] == receiver.deliveries == metrics(at)["failed"], "failed deliveries, counted alike")
        f = figures(relay)
        true("failing_s" in f and f["position"] == before["position"], f"{f}")
        taking.set()
        until(lambda: figures(relay)["delivered"] == 5, "all are told", 40)
        until(lambda: figures(relay)["position"] >= max(e["row"] for e in receiver.events), "the position")
        f, told = figures(relay), metrics(at)
        equal(f, {"delivered": len(receiver.events), "failed": receiver.deliveries - 1, "waiting": 0, "position": f["position"]}, "top")
        equal({k: told[k] for k in f}, f, "metrics")
        words = relay.aulactl("top", "--once", json_output=False)[1]
        true(f"webhook: 5 events told, 0 wait, {f['failed']} deliveries failed, at row {f['position']} of the log" in words, words)
        with open(os.path.join(relay.data, "webhook.position"), encoding="ascii") as file:
            true(int(file.read()) <= f["position"], "the position on disk")


@rows.row
def rotation():
    """SIGHUP reads the secret again: what follows is signed with it; a bad one is said, and the one before stays"""
    with tempfile.TemporaryDirectory() as folder, Receiver() as receiver:
        path = os.path.join(folder, "secret")

        def change(text, said, relay):
            before = relay.log().count(said)
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
            relay.process.send_signal(signal.SIGHUP)
            until(lambda: relay.log().count(said) > before, f"the log says {said!r}")

        with open(path, "w", encoding="ascii") as f:
            f.write(SECRET)
        with Relay("--webhook-url", receiver.url, "--webhook-secret-file", path) as relay:
            s = relay.session("Old")
            until(lambda: receiver.kinds(s), "the first event")
            receiver.secret = "n" * 50
            change(receiver.secret + "\n", "webhook-secret-file: a new secret was read", relay)
            s = relay.session("New")
            until(lambda: receiver.kinds(s), "an event after the change")
            change("short", "The secret stays as it was: webhook-secret-file", relay)
            s = relay.session("Still")
            until(lambda: receiver.kinds(s), "an event after a bad one")
            os.unlink(path)
            relay.process.send_signal(signal.SIGHUP)
            until(lambda: "cannot be read" in relay.log(), "a file that is gone is said")
            equal(relay.log().count("a new secret was read"), 1, "changes")
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
                                  capture_output=True, text=True, timeout=PATIENCE_S, check=False)
            equal(done.returncode, 2, f"{url} {secret}: exit status")
            true(part in done.stderr, done.stderr)
            checked = subprocess.run([program("aulad"), "--data", os.path.join(folder, "d"), "--check-config", *flags], capture_output=True, text=True,
                                     timeout=PATIENCE_S, check=False)
            said = [line for line in done.stderr.splitlines() if line.startswith("aulad:")]  # a certificate was made before
            equal((checked.returncode, checked.stderr.splitlines()), (2, said), f"{url} {secret}: --check-config says the same")
        checked = subprocess.run([program("aulad"), "--data", folder, "--check-config", "--webhook-url", "https://example.org/", "--webhook-secret-file", short,
                                  "--jwt-secret-file", "/nosuch", "--tls-cert", short, "--tls-key", short], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        equal((checked.returncode, len(checked.stderr.splitlines())), (2, 3), f"three bad files at once: {checked.stderr}")
        for text in ("x", ""):
            with open(os.path.join(folder, "d", "webhook.position"), "w", encoding="ascii") as f:
                f.write(text)
            done = subprocess.run([program("aulad"), "--data", os.path.join(folder, "d"), "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0",
                                   "--webhook-url", "https://example.org/", "--webhook-secret-file", SECRET_FILE], capture_output=True, text=True,
                                  timeout=PATIENCE_S, check=False)
            true(done.returncode == 2 and "holds no number" in done.stderr, f"{text!r}: {done.stderr}")


with tempfile.NamedTemporaryFile() as secret_file:
    secret_file.write(SECRET.encode() + b"\n")
    secret_file.flush()
    SECRET_FILE = secret_file.name
    sys.exit(rows.run(together=True))
