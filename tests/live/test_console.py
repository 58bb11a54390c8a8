#!/usr/bin/env python3
"""What the operator sees of a live relay: counters that are true to the packet, and alarms that name whose line or microphone it is;
the console on a terminal: its actions, over HTTPS, with a thousand sessions. usage: test_console.py [PEOPLE]"""
import json
import os
import re
import ssl
import sys
import time
import urllib.request

from aula_bench import PATIENCE_S, Relay, endless, free_address, speech, until
from crowd import Crowd
from five_halls import NAMED_WITHIN_S, FiveHalls
from guards_lib import Rows, equal, true
from terminal import DOWN, END, ENTER, ESCAPE, HOME, PAGE_DOWN, Terminal

rows = Rows()
PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 40
OF_A_BUSY_MACHINE = ("jitter", "delay", "late-mixes", "cpu", "queue", "disk")  # rightly told where this machine is one
METRICS = {"packets_in": "packets_in", "packets_out": "packets_out", "packets_dropped": "dropped", "encodes": "encodes",
           "decodes": "decodes", "mixes": "mixes", "late_mixes": "late_mixes"}  # name there: name in top


def top(relay, *words):
    return relay.ctl("top", "--once", *words)


def lines(people):
    """What is counted of each person's line."""
    return {p["id"]: [p[k] for k in ("packets_in", "packets_out", "bytes_in", "lost", "refused")] for p in people}


def packets(counted):
    """What stands still when nobody speaks; bytes go on with reports and checks."""
    return {k: counted[k] for k in ("packets_in", "packets_out", "dropped", "encodes", "decodes", "mixes", "late_mixes")}


def counters(relay, session):
    return next(s for s in top(relay)["sessions"] if s["id"] == session)["counters"]


@rows.row
def to_the_packet():
    """console, top, show, API, /metrics and a load generator count the same packets, each talker's and each listener's"""
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
                before, still = still, packets(counters(relay, s))
                return before == still and still["packets_out"] > 0

            until(settled, "counters that stand still", step=1.5)  # they are counted once a second
            picture, shown = {}, {}

            def told():  # lines are looked at once a second: both tell the last look
                nonlocal picture, shown
                picture, shown = top(relay, "--session", s), relay.show(s)
                return lines(picture["people"]) == lines(shown["participants"])

            until(told, "top and show that tell the same of each line", step=0.5)

            text = scrape_until(at, s, still["packets_out"])
            over_https = {path: api(relay, path) for path in (f"/top?session={s}", f"/sessions/{s}")}
            lists = console_lists(relay, picture["people"], still)
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
        equal(packets(shown["counters"]), packets(still), "show's counters")
        equal(lines(over_https[f"/top?session={s}"]["people"]), lines(picture["people"]), "lines in the API's top")
        told = next(x for x in over_https[f"/top?session={s}"]["sessions"] if x["id"] == s)["counters"]
        equal(packets(told), packets(still), "counters in the API's top")
        equal(lines(over_https[f"/sessions/{s}"]["session"]["participants"]), lines(picture["people"]), "lines in the API's session")
        equal(packets(over_https[f"/sessions/{s}"]["session"]["counters"]), packets(still), "counters in the API's session")
        for number, generator in each.items():
            equal(lists[number], (generator["sent"], generator["received"]), f"packets in and out of {number} on the console")
        for name, of in METRICS.items():
            equal(sample(text, f'aula_session_{name}_total{{session="{s}"}}'), still[of], f"metrics' {name}")
            equal(sample(text, f"aula_media_{name}_total"), still[of], f"metrics' {name} of all sessions")


def api(relay, path):
    token = relay.ctl("token", "create", "--rights", "read")["token"]
    request = urllib.request.Request(f"{relay.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S, context=ssl._create_unverified_context()) as answer:
        return json.load(answer)


def console_lists(relay, people, counters):
    """number → packets in and out as they stand on a wide console, once the session's own row has the counters of top."""
    with Terminal(["--data", relay.data, "console"], 240, 50) as seen:
        wanted = [counters[k] for k in ("mixes", "late_mixes", "encodes", "decodes", "packets_in", "packets_out", "dropped")]
        seen.until(lambda text: re.search(r"\s" + r"\s+".join(map(str, wanted)) + r"(\s|$)", seen.line("Counted")), f"{wanted} in the session's row")
        seen.press(ENTER)
        seen.shows("Person 0")
        ends = [re.search(rf"(?<!kBIT) {c}(?= )", seen.line("LOST>")).end() for c in ("IN", "OUT")]
        return {p["id"]: tuple(int(seen.line(f"{p['id']} {p['name']} (")[:end].split()[-1]) for end in ends) for p in people}


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


@rows.row
def who_is_in_trouble():
    """five halls: a dead microphone in one and 15 % loss on one line are both named, on the console and by top, and nobody else is"""
    with FiveHalls(PEOPLE) as halls, Terminal(["--data", halls.relay.data, "console"], 80, 24) as seen:
        begun = halls.begin_trouble()
        seen.until(lambda text: "Hall B sends only silence" in text and "Nils Holm loses" in text, "both named")
        print(f"# {PEOPLE} people: the console names both after {time.monotonic() - begun:.1f} s; it shall be {NAMED_WITHIN_S}", flush=True)
        by = {}
        for a in top(halls.relay)["alarms"]:
            if a["kind"] not in OF_A_BUSY_MACHINE:
                by.setdefault(a.get("participant"), []).append(a)
        equal(set(by), {halls.dead.number, halls.nils.number}, f"who is named: {by}")
        true(any(a["kind"] == "silent" and "Hall B sends only silence" in a["text"] for a in by[halls.dead.number]), f"{by}")
        true(any(a["kind"] == "lost-out" and a["text"].startswith("Nils Holm loses") for a in by[halls.nils.number]), f"{by}")
        person = next(p for p in top(halls.relay, "--session", halls.session)["people"] if p["name"] == "Nils Holm")
        true(5 <= person["lost_out_percent"] <= 30 and person["quality_out"] < 90, f"{person}")
        for width, height in ((80, 24), (200, 50), (60, 12)):
            seen.resize(width, height)
            seen.until(lambda text: all(words in text for words in ("Hall B sends", "Nils Holm loses", "q quit")), f"all of it at {width}x{height}")
        equal(seen.leave(), 0, "exit status")


@rows.row
def on_a_terminal():
    """the console shows sessions, says so when the relay is killed, is back with it, and says so at 20x5"""
    with Relay() as relay:
        relay.session("Acoustics")
        relay.session("Botany")
        with Terminal(["--data", relay.data, "console"]) as seen:
            seen.shows("Botany")
            relay.kill()
            seen.shows("OLD PICTURE")
            relay.start()
            seen.lacks("OLD PICTURE")
            seen.shows("sessions 2")
            seen.press("/acou" + ENTER)
            seen.lacks("Botany")
            seen.shows("Acoustics")
            seen.resize(20, 5)
            seen.shows("Too small: 20x5")
            seen.press("E")  # what cannot be seen is not asked
            seen.resize(200, 50)
            seen.shows("Acoustics")
            seen.lacks("y = yes")
            equal(seen.leave(), 0, "its exit status")
        status, _, why = relay.aulactl("console")
        equal((status, "needs a terminal" in why), (2, True), f"without a terminal: {why}")


def confirmed(seen, key, question, what, before=""):
    """The key asks; n does nothing, y does it."""
    seen.press(key + before)
    seen.shows(question)
    seen.press("n")
    seen.shows("Nothing was done.")
    what(False)
    seen.press(key + before)
    seen.shows(question)
    seen.press("y")
    seen.shows("Done.")
    what(True)


@rows.row
def actions():
    """grant, mute, message to one and to all, remove, end, drain: each asked about, not done without a yes, and done with one"""
    with Relay() as relay:
        s = relay.session("Acoustics")
        bob = relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
        ada = relay.join(relay.link(s, "chair", "Ada"), "--no-audio")

        def is_so(test, what):
            return lambda done: until(lambda: bool(test()) == done, f"{what}: {done}")

        def bob_has(member):
            return is_so(lambda: relay.person(s, "Bob")[member], f"Bob's {member}")

        def heard(person, text):
            return is_so(lambda: any(e["text"] == text for e in person.of_kind("message") + person.of_kind("chat")), f"{text!r} is heard")

        with Terminal(["--data", relay.data, "console"]) as seen:
            seen.shows("Acoustics")
            confirmed(seen, "m", 'Say it to everyone in "Acoustics"?', heard(ada, "All of you"), "All of you" + ENTER)
            seen.press(ENTER)
            seen.shows("Bob (trainee")
            seen.press("sss" + "s" + HOME)  # by name: Ada, Bob
            seen.press(END)
            confirmed(seen, "g", "Give Bob the floor?", bob_has("floor"))
            confirmed(seen, "u", "Mute Bob?", bob_has("muted"))
            confirmed(seen, "m", "Say it to Bob?", heard(bob, "Only you, größer"), "Only you, größer" + ENTER)
            equal([e["text"] for e in ada.of_kind("message") + ada.of_kind("chat")], ["All of you"], "what Ada heard")
            confirmed(seen, "X", "Remove Bob", is_so(lambda: bob.process.poll() is not None, "Bob has gone"))
            seen.press(ESCAPE)
            seen.shows("SESSIONS")
            confirmed(seen, "D", "Drain the relay?", is_so(lambda: top(relay)["relay"]["draining"], "it drains"))
            seen.shows("DRAINING")
            confirmed_end(relay, seen)


def confirmed_end(relay, seen):
    """The last session's end is the relay's."""
    seen.press("E")
    seen.shows('End "Acoustics" for everyone?')
    seen.press("n")
    seen.shows("Nothing was done.")
    seen.press("E")
    seen.shows("for everyone?")
    seen.press("y")
    equal(relay.process.wait(PATIENCE_S), 0, "the drained relay's exit status")
    relay.process.stdout.close()
    relay.process = None
    seen.shows("OLD PICTURE")


@rows.row
def over_https():
    """--url and a token: the same console; what the token may not do is refused with the reason, and a wrong token is said"""
    with Relay() as relay:
        s = relay.session("Far away")
        relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
        path = os.path.join(relay.data, "token")

        def console(rights):
            with open(path, "w", encoding="ascii") as f:
                f.write(relay.ctl("token", "create", "--rights", rights)["token"] if rights else "A" * 43)
            return Terminal(["--url", relay.url, "--token-file", path, "--ca", os.path.join(relay.data, "tls.crt"), "console"])

        with console("read") as seen:
            seen.shows("Far away")
            seen.press(ENTER)
            seen.shows("Bob (trainee")
            seen.press("gy")
            seen.shows("lacks the right sessions")
            equal(relay.person(s, "Bob")["floor"], False, "Bob's floor")
            equal(seen.leave(), 0, "exit status")
        with console("read,sessions") as seen:
            seen.shows("Far away")
            seen.press(ENTER)
            seen.shows("Bob (trainee")
            seen.press("gy")
            seen.shows("Done.")
            until(lambda: relay.person(s, "Bob")["floor"], "Bob's floor")
        for rights, why in (("people", "lacks the right read"), (None, "token")):
            with console(rights) as seen:
                seen.shows("OLD PICTURE")
                seen.shows(why)


@rows.row
def thousand_sessions():
    """a thousand sessions: the console scrolls, searches, sorts and filters them; top, list and the API tell them all"""
    many = 1000
    with Relay() as relay:
        door = relay.door()
        for i in range(many):
            door("session-create", title=f"Number {i:03}")
        s = relay.session("Needle")
        relay.join(relay.link(s, "lecturer", "Ada"), play=endless("en"))
        for count in (len(top(relay)["sessions"]), len(relay.ctl("list")["sessions"]), len(api(relay, "/sessions")["sessions"]), len(api(relay, "/top")["sessions"])):
            equal(count, many + 1, "sessions told")
        with Terminal(["--data", relay.data, "console"]) as seen:
            def at_once(keys, words):
                begun = time.monotonic()
                seen.press(keys)
                seen.shows(words)
                print(f"# {words!r} {(time.monotonic() - begun) * 1000:.0f} ms after the key", flush=True)

            seen.shows(f"sessions {many + 1}")
            at_once("ssss", "by title")
            at_once(HOME, "Needle")
            at_once(END, "Number 999")
            at_once(HOME + PAGE_DOWN * 3 + DOWN, "Number 051")
            at_once("/needle" + ENTER, "Needle: Ada")
            seen.lacks("Number")
            at_once("/" + ENTER, "Number 00")
            at_once("f", "SESSIONS: 1 with sound")
            at_once("f", "SESSIONS: 0 in trouble")
            at_once("ff", "Needle: Ada")
            at_once(ENTER, "Ada (lecturer")
            equal(seen.leave(), 0, "exit status")


@rows.row
def without_colour():
    """with NO_COLOR no colour is sent"""
    with Relay() as relay:
        relay.session("Grey")
        with Terminal(["--data", relay.data, "console"], NO_COLOR="1") as seen:
            seen.shows("Nothing is wrong.")
            true(not re.search(rb"\x1b\[[0-9;]*(3[0-7]|38;5;\d+)m", seen.raw), f"{seen.raw[:300]}")


if __name__ == "__main__":
    sys.exit(rows.run())
