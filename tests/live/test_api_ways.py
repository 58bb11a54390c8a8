#!/usr/bin/env python3
"""Who else comes over HTTPS: aulactl with --url, a portal's JWTs; tokens and secrets over restarts and changes; draining. usage:
test_api_ways.py FOLDER-OF-PDFS"""
import base64
import hmac
import json
import math
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import wave

from aula_bench import PATIENCE_S, Relay, environment, program, until
from api_lib import Api, token
from guards_lib import Rows, equal, true

rows = Rows()
pdfs = sys.argv[1]


class Web:
    """aulactl --url."""

    def __init__(self, relay):
        self.relay, self.ca, self.token_file = relay, os.path.join(relay.data, "tls.crt"), os.path.join(relay.data, "token")
        self.use(token(relay, "admin"))

    def use(self, text):
        with open(self.token_file, "w", encoding="utf-8") as f:
            f.write(text + "\n")

    def __call__(self, *words, url=None, file=None, trust=None, status=0):
        trust = ("--ca", self.ca) if trust is None else trust
        command = [program("aulactl"), "--url", url or self.relay.url, "--token-file", file or self.token_file, *trust, *[str(w) for w in words]]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S * 3, env=environment(), check=False, text=True)
        equal(done.returncode, status, f"{words}: {done.stderr!r}: exit status")
        return done.stdout if status == 0 else done.stderr


def files(folder):
    """name → bytes of all files in it."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


@rows.row
def folders(relay):
    """a recording and a report come over HTTPS as they come out of the relay's folders; a wrong CA, no right and no recording are said"""
    web, out = Web(relay), tempfile.mkdtemp(dir=relay.data)
    s = relay.ctl("session", "create", "--title", "Recorded", "--record")["session"]
    bare = relay.session("Not recorded")
    with open(os.path.join(relay.data, "voice.wav"), "wb") as f:
        with wave.open(f, "wb") as w:
            w.setparams((1, 2, 48000, 0, "NONE", ""))
            w.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 40) * (i // 4800 % 2))) for i in range(96000)))
    ada = relay.join(relay.link(s, "lecturer", "Ada"), play=[os.path.join(relay.data, "voice.wav")])
    deck = relay.deck(s, os.path.join(pdfs, "good.pdf"))
    ada.await_event("deck-added")
    ada.say("page 2")
    ada.await_event("page", lambda e: e["page"] == 2)
    until(lambda: relay.person(s, "Ada")["packets_in"] > 50, "sound")
    ada.say("leave")
    ada.wait()
    for session in (s, bare):
        relay.ctl("end", "--session", session)
    until(lambda: relay.aulactl("recording", "--session", s)[0] == 0, "the recording")
    relay.ctl("recording", "--session", s, "--out", f"{out}/here")
    web("recording", "--session", s, "--out", f"{out}/there")
    here, there = files(f"{out}/here"), files(f"{out}/there")
    true({"index.html", "data.js", "floor.opus", "floor.mp4", "timeline.jsonl", "index.json", "replay.js", "replay.css"} <= set(here), f"{sorted(here)}")
    true(sum(name.startswith("d/") for name in here) >= 7 and len(here["floor.opus"]) > 2000, f"{sorted(here)}")
    equal(sorted(there), sorted(here), "files")
    equal([name for name in here if here[name] != there[name]], [], "files that differ")
    for words in (("--session", s), ("--session", s, "--public")):
        relay.aulactl("report", *words, "--out", f"{out}/report", json_output=False)
        web("report", *words, "--out", f"{out}/report-there")
        here, there = files(f"{out}/report"), files(f"{out}/report-there")
        true("index.html" in here and any(name.startswith("slides/") for name in here), f"{sorted(here)}")
        equal("recordings/1/floor.opus" in here, "--public" not in words, "the recording in the report")
        plain = lambda names: sorted(n for n in names if not n.startswith("certificates/"))  # each has a number of its own
        equal(plain(there), plain(here), f"files of a report {words}")
        equal([n for n in plain(here) if here[n] != there[n] and n != "index.html"], [], "files that differ")
        for folder in ("report", "report-there"):
            shutil.rmtree(f"{out}/{folder}")
            os.unlink(f"{out}/{folder}.zip")
    true("something is in this folder" in web("recording", "--session", s, "--out", f"{out}/there", status=1), "a full folder")
    true("Nothing of that session" in web("recording", "--session", bare, "--out", f"{out}/none", status=1), "no recording")
    true("not trusted" in web("recording", "--session", s, "--out", f"{out}/none", trust=(), status=3), "another CA")
    web.use(token(relay, "people"))
    true("lacks the right" in web("recording", "--session", s, "--out", f"{out}/none", status=1), "no right")
    true("lacks the right" in web("report", "--session", s, "--out", f"{out}/none", status=1), "no right")
    equal(os.path.exists(f"{out}/none"), False, "a folder of nothing")
    true(deck, "the deck")


def still(text):
    """Attendance of those who are there goes on with the time."""
    return re.sub(r'"(PT\d+S|\d{4}-\d\d-\d\dT[^"]*Z)"', '"-"', text)


@rows.row
def both_ways(relay):
    """aulactl says the same over HTTPS as over the socket"""
    web = Web(relay)
    s = web("session", "create", "--title", "Both", "--room", "A", "--room", "B & C").strip()
    equal(relay.show(s)["title"], "Both", "made over HTTPS")
    relay.join(web("link", "--session", s, "--role", "chair", "--name", "Ada & Co/1").strip(), "--no-audio")
    for words in (("list",), ("--json", "list", "--all"), ("link", "list", "--session", s), ("--json", "show", "--session", s), ("log", "verify"),
                  ("log", "show", "--session", s), ("attendance", "--session", s, "--format", "xapi"), ("token", "list"), ("--json", "token", "list")):
        code, out, err = relay.aulactl(*words, json_output=False)
        equal((code, err), (0, ""), f"{words} over the socket")
        equal(still(web(*words)), still(out), f"{words}")
    top = json.loads(web("--json", "top", "--once", "--session", s))
    equal((top["session"], top["people"][0]["name"]), (s, "Ada & Co/1"), "top")
    web("grant", "--session", s, "--participant", "Ada & Co/1")
    web("timer", "--session", s, "--seconds", 30)
    web("code", "--session", s, "--room", "B & C")
    web("message", "--session", s, "We go on – at “14:00”.")
    deck = web("deck", "add", "--session", s, "--title", "Sätze", os.path.join(pdfs, "good.pdf")).strip()
    equal(relay.show(s)["decks"][0], {"id": deck, "title": "Sätze", "pages": 3}, "the deck")
    web("link", "revoke", "--session", s, "--person", "Ada & Co/1")
    for words in (("mute", "--session", s, "--participant", "nobody"), ("show", "--session", "nosuch"), ("token", "revoke", "--token", 777)):
        code, _, err = relay.aulactl(*words)
        equal(web(*words, status=code), err, f"{words} is refused alike")
    true("not trusted" in web("list", trust=(), status=3), "an unknown certificate")
    true("no relay" in web("list", url="https://127.0.0.1:1", status=3), "nobody there")
    true("cannot be read" in web("list", file="/nosuch", status=2), "no token file")
    web.use("wrong")
    true("token" in web("list", status=1), "a wrong token")


def jwt(claims, key=None, header=None):
    def part(value):
        return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()
    signed = part(header or {"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
    return signed + "." + part(hmac.new(key or SECRET, signed.encode(), "sha256").digest())


@rows.row
def portal(relay):
    """a portal's JWT is a join link, and its lecturer's deck is taken; a wrong one is neither"""
    s = relay.session("Portal", rooms=["A"])
    claims = {"sub": "ada@example.org", "name": "Ada", "role": "lecturer", "place": "A", "session": s, "exp": int(time.time()) + 600}
    url = relay.url + "/j/"
    ada = relay.join(url + jwt(claims), "--no-audio")
    again = relay.join(url + jwt(dict(claims, exp=claims["exp"] + 5)), "--no-audio")
    equal(ada.number, again.number, "the same seat")
    for bad in (jwt(claims, key=b"x" * 32), jwt(dict(claims, exp=1)), jwt(claims, header={"alg": "none"}), jwt(dict(claims, session="nosuch"))):
        equal(relay.join(url + bad, "--no-audio", welcome=False).wait(PATIENCE_S), 1, "exit status")
    with open(os.path.join(pdfs, "good.pdf"), "rb") as f:
        status, _, data = Api(relay, None).raw("POST", "/decks", f.read(), Authorization="Bearer " + jwt(claims), Content_Type="application/pdf")
    equal((status, json.loads(data)["pages"]), (201, 3), "the deck")
    true(Api(relay, jwt(claims)).raw("GET", "/sessions")[0] in (401, 429), "it is no token of the interface")
    relay.ctl("link", "revoke", "--session", s, "--person", "Ada")
    equal(relay.join(url + jwt(dict(claims, exp=claims["exp"] + 9)), "--no-audio", welcome=False).wait(PATIENCE_S), 1, "withdrawn")


@rows.row
def rotation(relay):
    """SIGHUP reads the portal's secret again: its new links are good, those of the old secret are not; a bad file changes nothing"""
    s, fresh = relay.session("Rotated"), b"r" * 40
    claims = {"sub": "bo", "name": "Bo", "role": "trainee", "session": s, "exp": int(time.time()) + 600}

    def change(text, said):
        before = relay.log().count(said)
        with open(secret_file.name, "wb") as f:
            f.write(text)
        relay.process.send_signal(signal.SIGHUP)
        until(lambda: relay.log().count(said) > before, f"the log says {said!r}")

    for text, said, good, bad in ((fresh, "a new secret was read", fresh, SECRET), (b"short", "The secret stays as it was: jwt-secret-file", fresh, SECRET),
                                  (SECRET, "a new secret was read", SECRET, fresh)):
        change(text, said)
        relay.join(relay.url + "/j/" + jwt(claims, key=good), "--no-audio")
        equal(relay.join(relay.url + "/j/" + jwt(claims, key=bad), "--no-audio", welcome=False).wait(PATIENCE_S), 1, f"another secret's link, after {text[:9]}")


@rows.row
def restart(relay):
    """tokens outlive the relay"""
    kept, gone = token(relay, "read"), relay.ctl("token", "create", "--rights", "read")
    relay.ctl("token", "revoke", "--token", gone["number"])
    relay.kill()
    relay.start()
    Api(relay, kept)("get", "/sessions")
    Api(relay, gone["token"])("get", "/sessions", status=401)


@rows.row
def drain(relay):
    """drain over HTTPS ends the relay"""
    api = Api(relay, token(relay, "admin"))
    for s in relay.ctl("list")["sessions"]:
        if s["state"] != "ended":
            relay.ctl("end", "--session", s["id"])
    api("post", "/drain", {})
    equal(relay.process.wait(PATIENCE_S), 0, "exit status")


SECRET = os.urandom(48).hex().encode()
with tempfile.NamedTemporaryFile() as secret_file:
    secret_file.write(SECRET + b"\n")
    secret_file.flush()
    with Relay("--jwt-secret-file", secret_file.name) as the_relay:
        status = rows.run(the_relay)
        if the_relay.process.poll() is not None:  # it was drained
            the_relay.process.stdout.close()
            the_relay.process = None
sys.exit(status)
