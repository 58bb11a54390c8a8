#!/usr/bin/env python3
"""aula and aulactl as programs: exit statuses and sentences for every wrong usage, commands, and the files that aula writes."""
import concurrent.futures
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
import wave

from aula_bench import PATIENCE_S, Relay, complain_of, environment, excerpt, program, speech, until
from guards_lib import Rows, equal, true
from hearing import joined_at

rows = Rows()
URL = "https://127.0.0.1:1/j/" + "x" * 43
AULA_WRONG = [  # flags, part of the sentence
    ([], "join URL"), (["join"], "URL is missing"), (["dance", URL], "there is no command"), (["join", URL, "more"], "too many"),
    (["join", "http://127.0.0.1/j/x"], ""), (["join", "https://127.0.0.1/x"], ""), (["join", "nonsense"], ""), (["join", ""], ""),
    (["join", URL, "--for", "0"], "--for"), (["join", URL, "--for", "-3"], "--for"), (["join", URL, "--for", "soon"], "--for"),
    (["join", URL, "--for", "1e99"], "--for"), (["join", URL, "--for"], "for"), (["join", URL, "--nonsense"], "nonsense"),
    (["join", URL, "--transport", "pigeon"], "--transport"), (["join", URL, "--transport", "wss"], "wss"), (["join", URL, "--lean"], "--lean"),
    (["join", URL, "--language", "de"], "--language"), (["join", URL, "--input", ""], "--input"), (["join", URL, "--no-audio", "--output", "x"], "--no-audio"),
    (["join", URL, "--play", "x.wav", "--input", "mic"], "contradict"), (["devices", URL], "alone"),
    (["join", URL, "--ca", "/x", "--insecure"], "contradict"), (["join", URL, "--no-audio", "--play", "x.wav"], "--no-audio"),
    (["join", URL, "--play", "/nowhere.wav"], "/nowhere.wav"), (["join", URL, "--record", "/nowhere/x.wav"], "/nowhere/x.wav"),
    (["join", URL, "--events", "/nowhere/x"], "/nowhere/x"), (["join", URL, "--payloads", "/nowhere/x"], "/nowhere/x"),
    (["join", URL, "--ca", "/nowhere.pem"], "/nowhere.pem"), (["join", URL, "--play", __file__], "test_tool.py")]
AULACTL_WRONG = [
    ([], ""), (["dance"], "dance"), (["session"], ""), (["session", "create"], "--title"), (["session", "create", "--title"], "--title"),
    (["session", "create", "--title", ""], ""), (["session", "create", "--title", "x", "--room", ""], ""),
    (["session", "create", "--title", "x", "--nonsense"], "nonsense"), (["show"], "--session"), (["link", "--session", "x"], "--role"),
    (["link", "--session", "HERE", "--role", "king", "--name", "x"], "role"),
    (["link", "--session", "HERE", "--role", "trainee", "--name", "x", "--expires", "soon"], "--expires"),
    (["link", "--session", "HERE", "--role", "trainee", "--name", "x", "--expires", "-1h"], "--expires"), (["grant", "--session", "x"], "--participant"),
    (["page", "--session", "x", "--deck", "y", "--page", "0"], "--page"), (["page", "--session", "x", "--deck", "y", "--page", "one"], "--page"),
    (["deck", "add", "--session", "x"], ""), (["deck", "add", "--session", "x", "/nowhere.pdf"], "/nowhere.pdf"), (["list", "more"], "more"),
    (["message", "--session", "x"], ""), (["--json"], "")]


def run(name, *flags, text=b"", seconds=2 * PATIENCE_S, **env):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([program(name), *flags], input=text, capture_output=True, timeout=seconds, env={**environment(), **env}, check=False)
    complain_of(done.stderr, name)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def join(relay, url, *flags, **more):
    return run("aula", "join", url, "--ca", os.path.join(relay.data, "tls.crt"), *flags, **more)


def sentences(name, flags, status, part):
    got, out, err = run(name, *flags)
    equal(got, status, f"exit status of {name} {flags} ({err!r})")
    equal(out, "", f"output of {name} {flags}")
    true(part in err and f"{name}: " in err and len(err) > len(name) + 12, f"{name} {flags} says {err!r}, without {part!r}")


@rows.row
def aula_wrong(_relay):
    """wrong usage of aula: exit 2 and a sentence that names the mistake"""
    for flags, part in AULA_WRONG:
        sentences("aula", flags, 2, part)


@rows.row
def aulactl_wrong(relay):
    """wrong usage of aulactl: exit 2 and a sentence that names the mistake"""
    s = relay.session("Here")
    for flags, part in AULACTL_WRONG:
        sentences("aulactl", ["--data", relay.data, *(s if f == "HERE" else f for f in flags)], 2, part)


@rows.row
def helps(_relay):
    """--help and --version of all three: on standard output, exit 0, with every exit status explained"""
    for name in ("aula", "aulactl", "aulad"):
        status, out, err = run(name, "--help")
        equal((status, err), (0, ""), f"{name} --help")
        true(len(out.splitlines()) > 10 and "xample" in out, f"{name} --help says {out[:100]!r}")
        true(max(map(len, out.splitlines())) < 140, f"{name} --help: long lines")
        if name != "aulad":
            true("Exit status" in out, f"{name} --help tells its exit statuses")
        status, out, _ = run(name, "--version")
        true(status == 0 and len(out.split()) == 2 and out.startswith(name + " "), f"{name} --version says {out!r}")


@rows.row
def nobody(_relay):
    """nobody there: exit 3, of a port without a listener, of one that never answers, of a folder without a relay"""
    with socket.create_server(("127.0.0.1", 0)) as silent, concurrent.futures.ThreadPoolExecutor() as together:  # each gives up after 5 s
        places = (URL, "no relay answers"), (URL.replace("127.0.0.1", "no-such-host.invalid"), ""), \
            (URL.replace(":1/", f":{silent.getsockname()[1]}/"), "no relay answers")
        for done in [together.submit(sentences, "aula", ["join", url], 3, part) for url, part in places]:
            done.result()
    with tempfile.TemporaryDirectory() as folder:
        sentences("aulactl", ["--data", folder, "list"], 3, "no relay")
        sentences("aulactl", ["--data", folder + "/nowhere", "list"], 3, "no relay")
        sentences("aulactl", ["--control", folder + "/" + "x" * 200, "list"], 3, "too long")


@rows.row
def certificates(relay):
    """a certificate that is not trusted: exit 1, what to do is said; --insecure joins"""
    url = relay.link(relay.session("Trust"), "trainee", "Bob")
    status, _, err = run("aula", "join", url, "--for", "1")
    true(status == 1 and "--ca" in err and "--insecure" in err, f"without --ca: {status}, {err!r}")
    equal(run("aula", "join", url, "--for", "0.3", "--insecure")[0], 0, "with --insecure")
    equal(join(relay, url, "--for", "0.3")[0], 0, "with --ca")


@rows.row
def people(relay):
    """people TEXT writes who is here by a part of the name or the hall's, and those after a number"""
    s = relay.session("People", rooms=["Lab"])
    ada = relay.join(relay.link(s, "chair", "Ada"), "--no-audio")
    relay.join(relay.link(s, "trainee", "Zo\u00eb", room="Lab"), "--no-audio").await_event("welcome")
    for said, names in (("people zoe", ["Zo\u00eb"]), ("people lab", ["Zo\u00eb"]), ("people", ["Ada", "Zo\u00eb"]), ("people @1", ["Zo\u00eb"]), ("people @1 ada", [])):
        before = len(ada.of_kind("people"))
        ada.say(said)
        until(lambda: len(ada.of_kind("people")) > before, said)
        equal([p["name"] for p in ada.of_kind("people")[-1]["participants"]], names, said)


@rows.row
def endings(relay):
    """exit 0 at --for, leave and the session's end; 1 where the relay refuses"""
    s = relay.session("Endings")
    url = relay.link(s, "trainee", "Bob")
    equal(join(relay, url, "--for", "0.5", "--no-audio")[0], 0, "--for")
    true(relay.person(s, "Bob") is not None, "the seat is kept after --for")
    equal(join(relay, url, "--no-audio", text=b"leave\n")[0], 0, "leave")
    until_end = relay.join(url, "--no-audio")
    relay.ctl("end", "--session", s)
    equal(until_end.wait(), 0, "the session's end")
    status, _, err = join(relay, url, "--no-audio")
    true(status == 1 and "ended" in err, f"afterwards: {status} {err!r}")


@rows.row
def commands(relay):
    """each wrong command on standard input gets a sentence, and the participant stays"""
    s = relay.session("Commands")
    p = relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
    for wrong in ("dance", "hand", "hand sideways", "page", "page 0", "page x", "page 3", "chat", "grant", "grant Nobody", "mute now", "mute Ada", "leave now", "x" * 5000,
                  "release Nobody", "pin Nobody", "open-both Bob", "people @x", "people @-1 Bob", "people " + "x" * 65):
        before, refused = len(p.errors()), len(p.of_kind("refused"))
        p.say(wrong)
        until(lambda: len(p.errors()) > before or len(p.of_kind("refused")) > refused, f"an answer to {wrong[:20]!r}")
        equal(p.process.poll(), None, f"after {wrong[:20]!r}: exit status")
    p.say("")
    p.say("  hand   up ")
    p.await_event("hand-up")
    p.say("grant Bob")
    true("Only a chair" in p.await_event("refused", lambda e: "grant" in e.get("why", ""))["why"], "the relay's sentence")
    p.process.stdin.close()
    time.sleep(0.2)
    equal(p.process.poll(), None, "when standard input ends, he stays: exit status")
    p.process.stdin = open(os.devnull, "wb")  # for the bench, which closes it


@rows.row
def events_file(relay):
    """--events FILE: a JSON object a line, each with t and kind, events with n"""
    s = relay.session("Events")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events")
        equal(join(relay, relay.link(s, "trainee", "Bob"), "--no-audio", "--events", path, text=b"hand up\nchat hi\nleave\n")[0], 0, "exit status")
        with open(path, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
    true(all("t" in e and "kind" in e for e in lines), "t and kind")
    equal([e["t"] for e in lines], sorted(e["t"] for e in lines), "times")
    equal([e["kind"] for e in lines if e["kind"] in ("hand-up", "chat")], ["hand-up", "chat"], "events")
    true(all(e["n"] > 0 for e in lines if e["kind"] in ("hand-up", "chat")), "numbers")


def samples(path):
    with wave.open(path) as w:
        equal((w.getframerate(), w.getnchannels(), w.getsampwidth()), (48000, 1, 2), "48 kHz mono")
        data = w.readframes(w.getnframes())
    return struct.unpack(f"<{len(data) // 2}h", data)


@rows.row
def recording(relay):
    """--record: its first sample is the join, its length the time since, silence where nothing is heard, also while disconnected"""
    s = relay.session("Recording")
    with tempfile.TemporaryDirectory() as folder:
        listener = relay.join(relay.link(s, "trainee", "Bob"), record=True, payloads=True)
        listener.await_event("sound-up")
        talker = relay.join(relay.link(s, "lecturer", "Lea"), payloads=True, play=[excerpt(folder, "en", 0, 2), excerpt(folder, "en", 2, 4)])
        talker.await_event("played", lambda e: e["file"].endswith("2-4.wav"))
        until(lambda: not relay.person(s, "Lea")["audible"], "the end of the talk")
        time.sleep(0.5)
        relay.kill()
        listener.await_event("lost")
        gone = time.monotonic()
        time.sleep(2)
        back = time.monotonic()
        relay.start()
        listener.await_event("welcome", lambda e: e["t"] > 0.5)
        talker.stop()
        stopping = time.monotonic()
        listener.stop()
        stopped = time.monotonic()
        wav = samples(listener.wav)
        zero = joined_at(listener)
        heard = [p["t"] for p in listener.payloads() if p["dir"] == "in"]
    length = len(wav) / 48000
    print(f"# {length:.2f} s long, of {stopping - zero:.2f} to {stopped - zero:.2f} s; sound from {heard[0]:.2f} to {heard[-1]:.2f} s", flush=True)
    true(stopping - zero - 1 < length < stopped - zero + 1, f"{length:.2f} s long, of {stopping - zero:.2f} to {stopped - zero:.2f} s")

    def loud(begin, end):
        return max(map(abs, wav[max(0, int(begin * 48000)):int(end * 48000)]), default=0)

    equal(loud(0, heard[0] - 0.01), 0, "before anything was heard")
    true(loud(heard[0] + 0.2, heard[0] + 3.5) > 1000, "the talk")
    equal(loud(gone - zero + 0.5, back - zero), 0, "while disconnected")


@rows.row
def several_files(relay):
    """several --play are sent one after the other, each told; a file that ends leaves the participant there"""
    s = relay.session("Several")
    with tempfile.TemporaryDirectory() as folder:
        files = [excerpt(folder, "en", i, i + 1) for i in range(3)]
        p = relay.join(relay.link(s, "lecturer", "Lea"), payloads=True, play=files)
        p.await_event("played", lambda e: e["file"] == files[-1])
        equal([(e["kind"], e["file"]) for e in p.events if e["kind"] in ("playing", "played")],
              [(kind, f) for f in files for kind in ("playing", "played")], "what is told")
        true(145 <= sum(x["dir"] == "out" for x in p.payloads()) <= 160, "three seconds of packets")
        equal(p.process.poll(), None, "exit status")


@rows.row
def room(relay):
    """aula room waits for a relay that is not there yet"""
    s = relay.session("Patience", rooms=["A"])
    url = relay.link(s, "room", "Hall A", "A")
    relay.kill()
    hall = relay.join(url, verb="room", welcome=False)
    time.sleep(1)
    equal(hall.process.poll(), None, "exit status while nobody answers")
    relay.start()
    hall.await_event("sound-up")


if __name__ == "__main__":
    true(os.path.exists(speech("en")), f"{speech('en')} is missing")
    with Relay() as the_relay:
        status = rows.run(the_relay)
    sys.exit(status)
