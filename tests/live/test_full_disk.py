#!/usr/bin/env python3
"""The disk takes no more: sessions go on, chairs are told since when, nothing that was written is damaged, and once there is room everything is
written. Tried twice: on a small disk of its own (tmpfs, where the test may mount one), and by a limit on the size of files (RLIMIT_FSIZE,
which anybody may set)."""
import json
import os
import resource
import subprocess
import sys
import tempfile

from aula_bench import Relay, environment, program, until
from guards_lib import Rows, equal, get, true
from member import Member

rows = Rows()
WORDS = 20  # while the disk refuses
BIG = "x" * 1900  # so that they do not fit into what is left


class Limit:
    """A limit on the size of files, set on the relay's process from outside."""
    name = "RLIMIT_FSIZE"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="aula-live-")

    def fill(self, relay):
        largest = max(os.path.getsize(os.path.join(relay.data, f)) for f in ("aula.db", "aula.db-wal"))
        self.before = resource.prlimit(relay.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, (largest, self.before[1]))

    def clear(self, relay):
        resource.prlimit(relay.pid, resource.RLIMIT_FSIZE, self.before)

    def finish(self):
        subprocess.run(["rm", "-rf", self.folder], check=True)


class SmallDisk:
    """A disk of 4 MB, filled by another file."""
    name = "a disk of 4 MB"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="aula-live-")
        self.mount("size=4m")

    def mount(self, how):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", how, "tmpfs", self.folder], capture_output=True, check=False)
        if done.returncode != 0:
            os.rmdir(self.folder)
            raise PermissionError(done.stderr.decode().strip())

    def fill(self, relay):
        with open(os.path.join(self.folder, "filler"), "wb", buffering=0) as f:
            try:
                while f.write(b"x" * 4096):
                    pass
            except OSError:
                pass

    def clear(self, relay):
        os.unlink(os.path.join(self.folder, "filler"))

    def finish(self):
        subprocess.run(["umount", self.folder], check=True)
        os.rmdir(self.folder)


class Day:
    """A session on such a disk, to where it refuses."""

    def __init__(self, disk):
        self.disk = disk
        self.relay = Relay(data=disk.folder)
        self.relay.start()
        relay = self.relay
        self.s = relay.session("A long day")
        self.chair_url, self.url = relay.link(self.s, "chair", "Ada"), relay.link(self.s, "trainee", "Bob")
        self.chair, self.bob = Member(relay, self.chair_url), Member(relay, self.url)
        self.said = {}
        self.say(3)
        disk.fill(relay)

    def say(self, words):
        for _ in range(words):
            text = f"{len(self.said)} {BIG}"
            self.said[self.bob.must("chat", text=text)] = text

    def log(self):
        out = self.relay.aulactl("log", "show", "--session", self.s)[1]
        return [json.loads(line) for line in out.splitlines()]


def told(member, kind):
    return next((o for o in member.other if o["kind"] == kind), None)


def goes_on(day):
    day.say(WORDS)
    not_saved = day.chair.until(lambda m: told(m, "not-saved"))
    print(f"# the chair is told: {not_saved}", flush=True)
    day.bob.must("hand-up")
    day.chair.until(lambda m: any(e["kind"] == "hand-up" for e in m.events))
    day.chair.must("grant", who=day.bob.number)
    equal(told(day.bob, "not-saved"), None, "what a trainee is told of it")
    equal(get(day.relay.port, "/healthz")[2], b"not saved\n", "health")
    late = Member(day.relay, day.relay.link(day.s, "chair", "Late"))
    late.until(lambda m: told(m, "not-saved"))
    equal(late.welcome["session"]["chat"][-1]["text"], day.said[max(day.said)], "the newest word, to who comes now")
    late.close()


def written_in_the_end(day):
    day.disk.clear(day.relay)
    day.chair.until(lambda m: told(m, "saved"))
    equal(get(day.relay.port, "/healthz")[0], 200, "health")
    day.say(1)
    log = {e["n"]: e for e in day.log()}
    equal(sorted(log), list(range(1, len(log) + 1)), "numbers")
    equal({n: log[n].get("text") for n in day.said}, day.said, "words")
    status, out, err = day.relay.aulactl("log", "verify")
    equal(status, 0, f"aulactl log verify ({out} {err})")


def killed_while_full(day):
    """What was on disk is there; the rest, which was said to be not saved, is gone; and the relay starts on the full disk."""
    saved = len(day.log())
    day.disk.fill(day.relay)
    day.say(WORDS)
    day.chair.other.clear()
    late = Member(day.relay, day.chair_url)
    late.until(lambda m: told(m, "not-saved"))
    day.relay.kill()
    done = subprocess.run([program("aulad"), "--data", day.disk.folder, "--verify-log"], capture_output=True, env=environment(), check=False)
    equal(done.returncode, 0, f"aulad --verify-log ({done.stdout!r}, {done.stderr!r})")
    day.relay.start()
    true(len(day.log()) >= saved, "what was saved is there")
    back = Member(day.relay, day.chair_url)
    back.must("chat", text="We go on.")


def all_of(make):
    day = Day(make)
    try:
        goes_on(day)
        written_in_the_end(day)
        killed_while_full(day)
        if make.name != Limit.name:  # the limit ended with the process
            make.clear(day.relay)
        day.relay.stop()
    finally:
        if day.relay.process is not None:
            day.relay.kill()


def small_disk():
    try:
        return SmallDisk()
    except (OSError, PermissionError) as problem:
        print(f"# no disk can be mounted here ({problem}); the row with {Limit.name} tries the same", flush=True)
        return None


@rows.row
def limited():
    """files may not grow"""
    disk = Limit()
    try:
        all_of(disk)
    finally:
        disk.finish()


@rows.row
def full():
    """a real disk is full"""
    disk = small_disk()
    if disk is None:
        return
    try:
        all_of(disk)
    finally:
        disk.finish()


@rows.row
def read_only():
    """a data folder that cannot be written: the relay does not start, and says what to do"""
    disk = small_disk()
    if disk is None:
        return
    try:
        with Relay(data=disk.folder) as relay:
            relay.session("Before")
        with open(os.path.join(disk.folder, "aula.db"), "rb") as f:
            before = f.read()
        subprocess.run(["mount", "-o", "remount,ro", disk.folder], check=True)
        done = subprocess.run([program("aulad"), "--data", disk.folder, "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0"],
                              capture_output=True, env=environment(), check=False, timeout=60)
        equal(done.returncode, 2, "exit status")
        true(b"cannot be written" in done.stderr or b"writable" in done.stderr, f"it says {done.stderr!r}")
        with open(os.path.join(disk.folder, "aula.db"), "rb") as f:
            true(f.read() == before, "the log is as it was")
    finally:
        disk.finish()


if __name__ == "__main__":
    sys.exit(rows.run())
