#!/usr/bin/env python3
"""aulactl against a real relay: every command, its exit status and its sentence."""
import json
import os
import subprocess
import sys
import threading
import time

from aula_bench import PATIENCE_S, Refused, Relay, program, source, until
from guards_lib import Rows, equal, true

rows = Rows()
pdfs = sys.argv[1]


def refused(relay, status, part, *words):
    got, out, err = relay.aulactl(*words)
    equal(got, status, f"exit status of {words} ({err!r})")
    true(part in err, f"{words} says {err!r}, without {part!r}")
    equal(out, "", f"output of {words}")


@rows.row
def sessions(relay):
    """a session is made, listed and shown, and ends"""
    s = relay.session("Größe & <Maß>", rooms=["A", "B"])
    listed = next(x for x in relay.ctl("list")["sessions"] if x["id"] == s)
    equal((listed["title"], listed["state"], listed["participants"]), ("Größe & <Maß>", "open", 0), "the list's line")
    shown = relay.show(s)
    for member in ("id", "title", "state", "participants", "counters"):
        true(member in shown, f"show has {member}")
    for counter in ("decodes", "encodes", "packets_in", "packets_out", "dropped"):
        equal(shown["counters"][counter], 0, counter)
    status, out, _ = relay.aulactl("list", json_output=False)
    true(status == 0 and out.startswith("ID ") and s in out and "Größe & <Maß>" in out, f"the table {out!r}")
    relay.ctl("end", "--session", s)
    equal(relay.show(s)["state"], "ended", "state")


@rows.row
def planned(relay):
    """a planned session opens when it is told to"""
    s = relay.session("Later", planned=True)
    true(relay.show(s)["state"] != "open", "not open yet")
    relay.ctl("open", "--session", s)
    equal(relay.show(s)["state"], "open", "state")


@rows.row
def people(relay):
    """floor, mute, message and remove reach the person"""
    s = relay.session("People", rooms=["A"])
    ada = relay.join(relay.link(s, "chair", "Ada"), "--no-audio")
    bob = relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
    person = next(p for p in relay.show(s)["participants"] if p["name"] == "Bob")
    for member in ("id", "name", "role", "place", "floor", "hand", "queue", "audible", "tier", "transport", "packets_in", "packets_out", "lost"):
        true(member in person, f"show's participant has {member}")
    bob.say("hand up")
    ada.await_event("hand-up", lambda e: e["who"] == bob.number)
    equal(relay.person(s, "Bob")["queue"], 1, "place in the queue")
    relay.ctl("grant", "--session", s, "--participant", "Bob")
    equal(bob.await_event("granted")["by"], 0, "by the operator")
    true(relay.person(s, "Bob")["floor"], "has the floor")
    relay.ctl("mute-all", "--session", s)
    bob.await_event("muted-all")
    bob.say("unmute")
    ada.await_event("unmuted", lambda e: e["who"] == bob.number)
    relay.ctl("mute", "--session", s, "--participant", bob.number)
    bob.await_event("muted", lambda e: e["who"] == bob.number)
    relay.ctl("release", "--session", s, "--participant", "Bob")
    bob.await_event("released", lambda e: e["who"] == bob.number)
    relay.ctl("message", "--session", s, "We go on at 14:00.")
    equal(bob.await_event("chat")["text"], "We go on at 14:00.", "the message")
    relay.ctl("remove", "--session", s, "--participant", "Bob")
    ada.await_event("removed", lambda e: e["who"] == bob.number)
    equal(bob.wait(PATIENCE_S), 1, "exit status of who is removed")


@rows.row
def halls(relay):
    """a chair in aula, and the operator, pin a room and open both its microphones; nobody else can"""
    s = relay.session("Halls", rooms=["A"])
    ada = relay.join(relay.link(s, "chair", "Ada"), "--no-audio")
    bob = relay.join(relay.link(s, "trainee", "Bob"), "--no-audio")
    hall = relay.join(relay.link(s, "room", "Hall A", room="A"), "--no-audio")
    ada.await_event("joined", lambda e: e["who"] == hall.number)
    for verb, event, member, on in (("pin", "pinned", "pinned", True), ("open-both", "both-opened", "both", True),
                                    ("unpin", "unpinned", "pinned", False), ("close-both", "both-closed", "both", False)):
        ada.say(f"{verb} Hall A")
        equal(bob.await_event(event)["by"], ada.number, f"{event} by the chair")
        equal(relay.person(s, "Hall A")[member], on, f"{member} in show")
        bob.say(f"{verb} Hall A")
        true("Only a chair" in bob.await_event("refused", lambda e: True)["why"], f"{verb} by a trainee")
    for verb, event in (("pin", "pinned"), ("open-both", "both-opened"), ("unpin", "unpinned"), ("close-both", "both-closed")):
        relay.ctl(verb, "--session", s, "--participant", "Hall A")
        ada.await_event(event, lambda e: e["by"] == 0)
    refused(relay, 1, "room", "open-both", "--session", s, "--participant", "Bob")


@rows.row
def links(relay):
    """links are listed without their tokens, and revoked"""
    s = relay.session("Links")
    url = relay.link(s, "trainee", "Eve")
    status, out, _ = relay.aulactl("link", "list", "--session", s)
    true(status == 0 and "Eve" in out and url.rsplit("/", 1)[1] not in out, "the list has Eve, not her token")
    number = json.loads(out)["links"][0]["number"]
    relay.ctl("link", "revoke", "--session", s, "--person", number)
    eve = relay.join(url, "--no-audio", welcome=False)
    equal(eve.wait(PATIENCE_S), 1, "exit status with a revoked link")


@rows.row
def decks(relay):
    """a deck is added, its pages are served, and a page is turned"""
    s = relay.session("Decks")
    ada = relay.join(relay.link(s, "lecturer", "Ada"), "--no-audio")
    deck = relay.deck(s, os.path.join(pdfs, "good.pdf"), title="Three pages")
    event = ada.await_event("deck-added")
    equal((event["deck"], event["title"], event["pages"]), (deck, "Three pages", 3), "the event")
    true(os.path.exists(os.path.join(relay.data, "decks", event["manifest"].split("/")[-1])), "the manifest is on disk")
    relay.ctl("page", "--session", s, "--deck", deck, "--page", 2)
    equal(ada.await_event("page")["page"], 2, "page")
    refused(relay, 1, "", "page", "--session", s, "--deck", deck, "--page", 4)


@rows.row
def bad_decks(relay):
    """each bad file gets its sentence"""
    s = relay.session("Bad decks")
    for name, part in (("not.pdf", "not a PDF"), ("short.pdf", "not a PDF"), ("encrypted.pdf", "password"), ("truncated.pdf", "damaged"),
                       ("ten-thousand.pdf", "has 10000 pages"), ("wide.pdf", "Page 2"), ("memory.pdf", "too much memory")):
        refused(relay, 1, part, "deck", "add", "--session", s, os.path.join(pdfs, name))
    large = os.path.join(relay.data, "large.pdf")
    with open(large, "wb") as f:
        f.write(b"%PDF-1.7\n")
        f.truncate(51 << 20)
    refused(relay, 1, "50 MB", "deck", "add", "--session", s, large)
    refused(relay, 1, "no such session", "deck", "add", "--session", "nowhere", os.path.join(pdfs, "good.pdf"))
    refused(relay, 2, "cannot be read", "deck", "add", "--session", s, "/nowhere.pdf")
    equal(relay.show(s)["decks"], [], "decks")
    equal([f for f in os.listdir(os.path.join(relay.data, "decks", ".work"))], [], "what is left")


@rows.row
def bomb(relay):
    """while a bomb of a deck is drawn the relay answers, and who hangs up stops it"""
    s = relay.session("Bomb")
    hung_up = subprocess.Popen([program("aulactl"), "--data", relay.data, "deck", "add", "--session", s, os.path.join(pdfs, "nested.pdf")],
                               stderr=subprocess.PIPE)
    work = os.path.join(relay.data, "decks", ".work")
    until(lambda: os.listdir(work), "the upload")
    for _ in range(10):
        relay.ctl("list")
        true(os.listdir(work), "list is answered meanwhile")
    hung_up.terminate()
    hung_up.communicate()
    until(lambda: not os.listdir(work), "the end of the conversion")
    true(relay.deck(s, os.path.join(pdfs, "untitled.pdf")), "the next deck has its turn")


@rows.row
def refusals(relay):
    """refusals are exit 1, wrong usage is 2, each with a sentence"""
    s = relay.session("Refusals")
    refused(relay, 1, "no session", "show", "--session", "nowhere")
    refused(relay, 1, "Nobody", "grant", "--session", s, "--participant", "Nobody At All")
    refused(relay, 2, "role", "link", "--session", s, "--role", "king", "--name", "x")
    refused(relay, 2, "--session is missing", "show")
    refused(relay, 2, "no command", "frobnicate")
    refused(relay, 2, "--out is missing", "report", "--session", s)


@rows.row
def many_at_once(relay):
    """thirty operators at once are all answered"""
    problems = []

    def one(i):
        try:
            s = relay.session(f"Crowd {i}")
            equal(relay.show(s)["title"], f"Crowd {i}", "title")
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(30)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(problems, [], "problems")


@rows.row
def restart(relay):
    """after kill -9 all sessions, links, decks and pages are as they were"""
    s = relay.session("Kept", rooms=["A"])
    deck = relay.deck(s, os.path.join(pdfs, "untitled.pdf"))
    relay.link(s, "trainee", "Bob")
    relay.ctl("page", "--session", s, "--deck", deck, "--page", 1)
    links_before = relay.ctl("link", "list", "--session", s)
    before = relay.ctl("list")["sessions"]
    relay.kill()
    refused(relay, 3, "no relay", "list")
    relay.start()
    equal(sorted(x["id"] for x in relay.ctl("list")["sessions"]), sorted(x["id"] for x in before), "sessions")
    shown = relay.show(s)
    equal((shown["title"], shown["state"], [d["id"] for d in shown["decks"]], shown["page"]["page"]), ("Kept", "open", [deck], 1), "the session")
    equal(relay.ctl("link", "list", "--session", s), links_before, "links")


@rows.row
def second_relay(relay):
    """a second relay on the same folder is refused and says why"""
    second = Relay(data=relay.data)
    second.log_path = os.path.join(relay.data, "log-of-the-second")
    try:
        second.start()
        raise AssertionError("it started")
    except RuntimeError as problem:
        true("Another aulad is running" in str(problem), str(problem))
        equal(second.process.wait(), 2, "exit status")
        second.process.stdout.close()
        second.process = None
    try:
        relay.ctl("list")
    except Refused as problem:
        raise AssertionError(f"the first is disturbed: {problem}") from problem


@rows.row
def drain(relay):
    """drain ends the relay once its last session is over"""
    ids = [x["id"] for x in relay.ctl("list")["sessions"] if x["state"] != "ended"]
    true(ids, "some sessions are open")
    ada = relay.join(relay.link(ids[-1], "trainee", "The Last"), "--no-audio")
    relay.ctl("drain")
    for s in ids[:-1]:
        relay.ctl("end", "--session", s)
    time.sleep(0.5)
    equal(relay.process.poll(), None, "exit status before the last has ended")
    relay.ctl("end", "--session", ids[-1])
    equal(ada.wait(PATIENCE_S), 0, "exit status of who was in it")
    equal(ada.await_event("state")["state"], "ended", "what he was told")
    equal(relay.process.wait(PATIENCE_S), 0, "exit status")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(the_relay)
    sys.exit(status)
