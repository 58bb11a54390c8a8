"""A real relay, the operator's tool and participants without a browser, for live tests. Python's standard library alone.

    with Relay() as relay:
        session = relay.session("Day one", rooms=["A", "B"])
        lecturer = relay.join(relay.link(session, "lecturer", "Ada", room="A"), play=["speech.wav"])
        trainee = relay.join(relay.link(session, "trainee", "Bob"), record=True)
        lecturer.say("page 2")
        trainee.await_event("page", lambda e: e["page"] == 2)
        assert relay.show(session)["counters"]["decodes"] == 0

Leaving the block ends everyone, and raises where the relay did not end well or a sanitizer spoke. Ports are the test's own (ports.py) and
every folder is fresh, so tests run beside one another. Programs come from the build folder in $AULA_BUILD (meson sets it), else ./build.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import wave

from ports import free_address

PATIENCE_S = 60  # for anything that should take a moment; a loaded machine under a sanitizer is slow
SANITIZER = re.compile(rb"(AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehaviorSanitizer|runtime error:)")


try:
    os.nice(-5)  # real time goes before what is only computed beside it; the relay and the participants inherit it
except PermissionError:
    pass


def program(name):
    build = os.environ.get("AULA_BUILD") or os.path.join(os.path.dirname(__file__), "..", "..", "build")
    where = {"aulad": "relay/aulad", "aulactl": "relay/ctl/aulactl", "aula": "client-lib/tool/aula", "load": "bench/load"}
    return os.path.abspath(os.path.join(build, where[name]))


def source(path):
    """A file of the source tree."""
    return os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", path))


def speech(voice):
    """A recording of a human voice (tests/speech): en, it, fr, es, or one of these with -loud. In $AULA_SPEECH, else in the build folder."""
    build = os.environ.get("AULA_BUILD") or os.path.join(os.path.dirname(__file__), "..", "..", "build")
    folder = os.environ.get("AULA_SPEECH") or os.path.join(build, "tests", "speech")
    return os.path.abspath(os.path.join(folder, f"speech-{voice}.wav"))


def endless(voice):
    """Such a recording for `play`, over and over: longer than any test lasts on the slowest machine."""
    return [speech(voice)] * 60


def excerpt(folder, voice, begin_s, end_s):
    """A part of such a recording as a file of its own."""
    path = os.path.join(folder, f"{voice}-{begin_s}-{end_s}.wav")
    with wave.open(speech(voice)) as whole, wave.open(path, "wb") as part:
        part.setparams(whole.getparams())
        whole.setpos(int(begin_s * whole.getframerate()))
        part.writeframes(whole.readframes(int((end_s - begin_s) * whole.getframerate())))
    return path


def environment():
    """Sanitizers end a program at their first finding."""
    e = dict(os.environ)
    e.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    e.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    e.setdefault("TSAN_OPTIONS", "halt_on_error=1:second_deadlock_stack=1")
    return e


def until(condition, what, seconds=PATIENCE_S, step=0.02):
    """Waits until condition() is true and returns what it gave; raises TimeoutError."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for: {what}")
        time.sleep(step)


class Refused(Exception):
    """aulactl's exit status was not 0."""

    def __init__(self, status, why):
        super().__init__(f"aulactl: exit status {status}: {why}")
        self.status, self.why = status, why


class Relay:
    """An aulad on ports of its own with a fresh data folder (or one that is given, and stays)."""

    def __init__(self, *flags, data=None, wrapper=()):
        self.flags, self.wrapper = list(flags), list(wrapper)
        self.own_folder = data is None
        self.data = data or tempfile.mkdtemp(prefix="aula-live-")
        self.process, self.participants = None, []
        self.listen, self.media = free_address(), free_address()
        self.log_path = os.path.join(self.data, "log")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, problem, trace):
        try:
            for p in self.participants:
                p.stop(quiet=kind is not None)
            self.stop(quiet=kind is not None)
        finally:
            for p in self.participants:
                p.destroy()
            self.destroy()

    # --- its life ---

    def start(self):
        """Starts it; after kill() or stop() again, on the same ports."""
        command = self.wrapper + [program("aulad"), "--data", self.data, "--listen", self.listen, "--media", self.media] + self.flags
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=environment())
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"ready https://(\S+) media (\S+)\n", line)
        if not found:
            self.process.wait(PATIENCE_S)
            raise RuntimeError(f"aulad did not get ready: {line!r}, {self.log()[-2000:]}")
        self.listen, self.media = found.groups()
        self.url = "https://" + self.listen
        self.port, self.media_port = (int(a.rsplit(":", 1)[1]) for a in (self.listen, self.media))

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def kill(self):
        """kill -9: nothing is written or said any more."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self, quiet=False):
        """SIGTERM, and it must end by itself with status 0."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = f"none after {PATIENCE_S} s (killed), {self.process.wait()}"
        self.process.stdout.close()
        self.process = None
        if not quiet:
            complain_of(self.log().encode(), "aulad")
            if status != 0:
                raise AssertionError(f"aulad: exit status {status}, log: {self.log()[-2000:]}")

    def destroy(self):
        if self.process is not None:
            self.kill()
        if self.own_folder:
            shutil.rmtree(self.data, ignore_errors=True)

    # --- the operator ---

    def aulactl(self, *words, json_output=True):
        """(exit status, standard output, standard error)"""
        command = [program("aulactl"), "--data", self.data] + (["--json"] if json_output else []) + [str(w) for w in words]
        done = subprocess.run(command, capture_output=True, timeout=3 * PATIENCE_S, env=environment(), check=False)
        complain_of(done.stderr, "aulactl")
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def ctl(self, *words):
        """The reply as an object; Refused where there is none."""
        status, out, err = self.aulactl(*words)
        if status != 0:
            raise Refused(status, err.strip())
        return json.loads(out)

    def door(self):
        """Requests on one connection, without a process for each: ask(verb, **members) gives the reply. For what is done a thousand times."""
        s = socket.socket(socket.AF_UNIX)
        s.connect(os.path.join(self.data, "control.sock"))
        lines = s.makefile("rw", encoding="utf-8")

        def ask(verb, **members):
            lines.write(json.dumps({"verb": verb, **members}) + "\n")
            lines.flush()
            reply = json.loads(lines.readline())
            if not reply.get("ok"):
                raise Refused(1, reply.get("why"))
            return reply

        return ask

    def session(self, title="A session", rooms=(), planned=False):
        words = ["session", "create", "--title", title] + [w for r in rooms for w in ("--room", r)] + (["--planned"] if planned else [])
        return self.ctl(*words)["session"]

    def link(self, session, role, name, room=None):
        return self.ctl("link", "--session", session, "--role", role, "--name", name, *(["--room", room] if room else []))["url"]

    def deck(self, session, pdf=None, title="Slides"):
        return self.ctl("deck", "add", "--session", session, "--title", title, pdf or source("relay/demo-deck/how-sound-travels.pdf"))["deck"]

    def show(self, session):
        return self.ctl("show", "--session", session)

    def person(self, session, name):
        """What `show` says of one participant; None before the first join."""
        return next((p for p in self.show(session)["participants"] if p["name"] == name), None)

    # --- participants ---

    def join(self, url, *flags, **options):
        """`aula join`, trusting this relay's certificate; options as for Participant."""
        p = Participant(url, "--ca", os.path.join(self.data, "tls.crt"), *flags, **options)
        self.participants.append(p)
        return p


class Participant:
    """One `aula` process: its events are read as they come, commands go in with say()."""

    def __init__(self, url, *flags, play=(), record=False, payloads=False, verb="join", welcome=True, env=None):
        self.folder = tempfile.mkdtemp(prefix="aula-live-p-")
        self.wav, self.payloads_path = os.path.join(self.folder, "heard.wav"), os.path.join(self.folder, "payloads")
        command = [program("aula"), verb, url, "--events", "-", *flags]
        command += [w for f in play for w in ("--play", f)]
        command += ["--record", self.wav] if record else []
        command += ["--payloads", self.payloads_path] if payloads else []
        self.error_path = os.path.join(self.folder, "errors")
        with open(self.error_path, "wb") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=env or environment())
        self.events, self.changed = [], threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if welcome:
            self.number = self.await_event("welcome")["you"]

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event["arrived"] = time.monotonic()  # the test's own clock
            with self.changed:
                self.events.append(event)
                self.changed.notify_all()

    def say(self, command):
        """One line on its standard input: "page 2", "hand up", …"""
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def errors(self):
        with open(self.error_path, "rb") as f:
            return f.read()

    def await_event(self, kind, test=lambda e: True, seconds=PATIENCE_S, after=0):
        """The first event of this kind that passes the test, among events[after:]; waits for it."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                for e in self.events[after:]:
                    if e["kind"] == kind and test(e):
                        return e
                left = end - time.monotonic()
                if left <= 0:
                    seen = [e["kind"] for e in self.events[-30:]]
                    raise TimeoutError(f"no \"{kind}\" within {seconds} s; the last were {seen}; it says {self.errors()[-500:]}")
                self.changed.wait(left)

    def of_kind(self, kind):
        with self.changed:
            return [e for e in self.events if e["kind"] == kind]

    def payloads(self):
        """Packets so far. Of the last line, half may be there yet."""
        with open(self.payloads_path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def wait(self, seconds=120):
        """Its exit status, once it ends by itself."""
        status = self.process.wait(seconds)
        self.reader.join(PATIENCE_S)
        return status

    def stop(self, quiet=False):
        """SIGTERM; its files are whole afterwards. Status 0 is demanded, unless it had ended before."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = f"none after {PATIENCE_S} s, {self.process.wait()}"
            if status != 0 and not quiet:
                raise AssertionError(f"aula: exit status {status}: {self.errors()[-2000:]}")
        self.reader.join(PATIENCE_S)
        if not quiet:
            complain_of(self.errors(), "aula")

    def destroy(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def complain_of(text, who):
    if SANITIZER.search(text):
        raise AssertionError(f"{who}: a sanitizer spoke:\n" + text[:6000].decode(errors="replace"))
