#!/usr/bin/env python3
"""The event log in an operator's hands: read, looked through, copied while the relay runs; and what aulad says of a data folder on which it
cannot start: damaged, cut short, of a newer or an older aula, another relay's. Nothing that is refused is changed."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

from aula_bench import Refused, Relay, environment, program
from guards_lib import Rows, equal, true
from member import Member

rows = Rows()


class Day:
    """A session of some hundred events, and a folder for copies of its data."""

    def __init__(self, relay):
        self.relay, self.folder = relay, tempfile.mkdtemp(prefix="aula-live-")
        self.s = relay.session("Day one", rooms=["A"])
        self.url = relay.link(self.s, "chair", "Ada")
        self.chair = Member(relay, self.url)
        for i in range(30):
            self.chair.must("chat", text=f"Word {i}: größer, ✓, שלום")

    def copy(self, name):
        """A data folder made of a copy of the log."""
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        self.relay.ctl("backup", "--out", os.path.join(folder, "aula.db"))
        return folder


def aulad(folder, *flags):
    """It is not to start: status, what it says."""
    done = subprocess.run([program("aulad"), "--data", folder, "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", *flags], capture_output=True,
                          env=environment(), check=False, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sum_of(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def refused(folder, *parts):
    """aulad exits with 2, its one line has these parts, and the log is as it was."""
    path = os.path.join(folder, "aula.db")
    before = sum_of(path)
    status, _, said = aulad(folder)
    equal(status, 2, f"exit status ({said})")
    for part in parts:
        true(part in said, f"it says {said!r}, without {part!r}")
    equal(sum(line.startswith("aulad: ") for line in said.splitlines()), 1, f"lines of {said!r}")
    equal(sum_of(path), before, "the log")


@rows.row
def shown(day):
    """log show prints what members were told, from any event on, and says where there is nothing"""
    relay = day.relay
    told = {e["n"]: e for e in day.chair.events}
    out = relay.aulactl("log", "show", "--session", day.s, json_output=False)[1]
    log = [json.loads(line) for line in out.splitlines()]
    equal([e["n"] for e in log], list(range(1, len(log) + 1)), "numbers")
    equal({e["n"]: e for e in log if e["n"] in told}, told, "events")
    late = relay.aulactl("log", "show", "--session", day.s, "--from", len(log) - 2)[1]
    equal([json.loads(line) for line in late.splitlines()], log[-3:], "the last three")
    for words, part in ((("--session", "nope"), "no events of a session"), (("--session", day.s, "--from", 9999), "no such events"),
                        (("--session", "no such/id"), "session")):
        status, out, err = relay.aulactl("log", "show", *words)
        true(status in (1, 2) and part in err and out == "", f"{words}: {status}, {err!r}")


@rows.row
def copied(day):
    """a copy that is made while words are said is whole, and a relay starts on it"""
    bob = Member(day.relay, day.relay.link(day.s, "trainee", "Bob"))
    said = threading.Thread(target=lambda: [bob.must("chat", text=f"Meanwhile {i}") for i in range(35)])
    said.start()
    folder = day.copy("whole")
    said.join()
    with Relay(data=folder) as other:
        equal([x["id"] for x in other.ctl("list")["sessions"]], [day.s], "sessions of the copy")
        equal(other.ctl("log", "verify")["wrong"], 0, "wrong in the copy")
        back = Member(other, day.url)  # links are in it
        equal(back.welcome["kind"], "welcome", "the answer")
        equal(back.welcome["session"]["chat"][0]["text"], "Word 0: größer, ✓, שלום", "the first word")
        back.close()
    for out, part in ((os.path.join(folder, "aula.db"), "exists"), ("/nowhere/at/all.db", "cannot be written")):
        try:
            day.relay.ctl("backup", "--out", out)
            true(False, f"{out} was written")
        except Refused as no:
            true(no.status == 1 and part in no.why, f"{out}: {no}")


@rows.row
def two_relays(day):
    """a second relay on the same folder is refused"""
    status, _, said = aulad(day.relay.data)
    true(status == 2 and "Another aulad is running" in said, f"{status}, {said!r}")


@rows.row
def newer(day):
    """the log of a newer aula is refused, and looked through neither"""
    folder = day.copy("newer")
    with sqlite3.connect(os.path.join(folder, "aula.db")) as db:
        db.execute("PRAGMA user_version = 99")
    refused(folder, "newer aula (schema 99", "Start the newer aulad")
    status, _, said = aulad(folder, "--verify-log")
    true(status == 2 and "newer aula" in said, f"{status}, {said!r}")


@rows.row
def older(day):
    """the log of the first aula is brought up to date, with a copy of it as it was; sessions are there"""
    folder = day.copy("older")
    path = os.path.join(folder, "aula.db")
    with sqlite3.connect(path) as db:
        db.executescript("DROP TABLE snapshot; DROP INDEX log_other; PRAGMA user_version = 1;")
        events = db.execute("SELECT count(*), sum(n) FROM log").fetchone()
    status, _, said = aulad(folder, "--verify-log")
    true(status == 2 and "older aula" in said, f"{status}, {said!r}")
    with Relay(data=folder) as other:
        equal([x["id"] for x in other.ctl("list")["sessions"]], [day.s], "sessions")
        equal(other.ctl("log", "verify")["wrong"], 0, "wrong")
    with sqlite3.connect(path + ".schema1") as db:
        equal((db.execute("PRAGMA user_version").fetchone()[0], db.execute("SELECT count(*), sum(n) FROM log").fetchone()), (1, events), "the copy")
    equal(sorted(f for f in os.listdir(folder) if "schema" in f), ["aula.db.schema1"], "copies")


@rows.row
def damaged(day):
    """a log that is scribbled over, cut short, or lacks an event: refused, and --verify-log tells what is wrong"""
    def scribble(path):
        with open(path, "r+b") as f:
            f.seek(4096)
            f.write(b"\xa5" * 8192)

    def cut(path):
        os.truncate(path, 8192)

    def nonsense(path):
        with open(path, "r+b") as f:
            f.write(b"no database at all" * 100)

    def statement(sql):
        def run(path):
            with sqlite3.connect(path) as db:
                db.execute(sql)
        return run

    for name, damage, parts, verdict in (
            ("scribbled", scribble, ("left as it", "verify-log"), None),
            ("cut", cut, ("left as it", "verify-log"), None),
            ("nonsense", nonsense, ("left as it", "verify-log"), None),
            ("gap", statement("DELETE FROM log WHERE n = 12"), ("event 13 of session", "left as it"), "lacks the events 12 to 12"),
            ("text", statement("UPDATE log SET text = 'x' WHERE n = 12"), ("event 12 of session", "left as it"), "Event 12 of session"),
            ("foreign", statement("PRAGMA application_id = 1"), ("another program's",), None)):
        folder = day.copy(name)
        damage(os.path.join(folder, "aula.db"))
        refused(folder, *parts)
        status, out, said = aulad(folder, "--verify-log")
        true(status in (1, 2), f"--verify-log of {name}: status {status}, {out!r}, {said!r}")
        if verdict:
            equal(status, 1, f"--verify-log of {name}")
            true(verdict in out, f"--verify-log of {name} says {out!r}")


@rows.row
def over(day):
    """a session that is over is listed, and its events are shown"""
    relay = day.relay
    day.chair.must("end")
    equal([x["state"] for x in relay.ctl("list", "--all")["sessions"] if x["id"] == day.s], ["ended"], "its state")
    out = relay.aulactl("log", "show", "--session", day.s)[1]
    true('"state":"ended"' in out.splitlines()[-1], "the last event")


if __name__ == "__main__":
    with Relay() as the_relay:
        the_day = Day(the_relay)
        status = rows.run(the_day)
        shutil.rmtree(the_day.folder)
    sys.exit(status)
