"""What the commands of this folder share: a relay on one core, the load on the other, CPU and wake-ups of a process from /proc,
the operator's door without a process for each request, and how a result is shown. Python's standard library alone."""
import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "live"))
from aula_bench import Relay, program, until  # noqa: E402

BUILD = os.path.abspath(os.environ.get("AULA_BUILD") or os.path.join(ROOT, "build"))
CORES = sorted(os.sched_getaffinity(0))
RELAY_CORE, LOAD_CORE = (CORES[0], CORES[-1]) if len(CORES) > 1 else (None, None)
TICK_MS = 20


def pinned(core):
    """The words before a command that keep it on one core; none where there is only one."""
    return [] if core is None else ["taskset", "-c", str(core)]


def tool(name):
    """A program of this folder."""
    path = os.path.join(BUILD, "bench", name)
    if not os.path.exists(path):
        sys.exit(f"{path} is missing. Build first: meson setup build && ninja -C build")
    return path


def speech():
    """Four voices, 100 s each, from Debian's recordings."""
    folder = os.path.join(BUILD, "speech")
    files = [os.path.join(folder, f"speech-{v}.wav") for v in ("en", "it", "fr", "es")]
    if not all(os.path.exists(f) for f in files):
        built = subprocess.run([os.path.join(ROOT, "tests", "speech", "make"), folder], stdout=subprocess.DEVNULL, check=False)
        if built.returncode != 0:
            sys.exit("The bench needs recorded speech: see tests/speech/README.md.")
    return files


class Hall(Relay):
    """A relay pinned to its core, with the operator's door kept open: a thousand links are made in a second."""

    def __init__(self, *flags, core=RELAY_CORE, **options):
        super().__init__(*flags, wrapper=pinned(core), **options)
        self.door = None

    def start(self):
        super().start()
        self.door = None

    def ask(self, verb, **members):
        if self.door is None:
            s = socket.socket(socket.AF_UNIX)
            s.connect(os.path.join(self.data, "control.sock"))
            self.door = s.makefile("rw", encoding="utf-8")
        self.door.write(json.dumps({"verb": verb, **members}) + "\n")
        self.door.flush()
        reply = json.loads(self.door.readline())
        if not reply.get("ok", True) or "why" in reply:
            raise RuntimeError(f"{verb}: {reply}")
        return reply

    def sit(self, title, rooms=()):
        return self.ask("session-create", title=title, rooms=list(rooms))["session"]

    def invite(self, session, role, name, room=None):
        members = {"room": room} if room else {}
        return self.ask("link", session=session, role=role, name=name, **members)["url"]

    def look(self, session):
        return self.ask("show", session=session)["session"]

    def await_people(self, session, count):
        """Until so many have joined."""
        until(lambda: sum(p["present"] for p in self.look(session)["participants"]) >= count, f"{count} people", 60, 0.2)

    def await_sound(self, session):
        """Until the relay sends sound."""
        until(lambda: self.look(session)["counters"]["packets_out"] > 0, "sound", 60, 0.1)

    def url_file(self, urls):
        handle, path = tempfile.mkstemp(prefix="urls-", dir=self.data)
        with os.fdopen(handle, "w", encoding="utf-8") as f:
            f.write("\n".join(urls) + "\n")
        return path

    def load(self, urls, *flags):
        """Starts the load generator; its report is what load_report() waits for."""
        command = pinned(LOAD_CORE) + [tool("load"), "--url-file", self.url_file(urls), "--insecure", *map(str, flags)]
        with open(os.path.join(self.data, "load.log"), "ab") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        process.log = log.name
        return process

    def journal_path(self, name="journal"):
        return os.path.join(self.data, name)


def load_report(process, demand_all=True):
    out, _ = process.communicate(timeout=300)
    if not out.strip() or (demand_all and process.returncode != 0):
        with open(process.log, encoding="utf-8") as log:
            sys.exit(f"The load generator failed (exit status {process.returncode}): {log.read()[-1000:]}")
    return json.loads(out)


def bare(listeners, talkers, seconds):
    """The least relay, measured: bench/bare.c."""
    command = [tool("bare"), "--listeners", listeners, "--talkers", talkers, "--for", seconds]
    command += [x for voice in speech()[:talkers] for x in ("--play", voice)]
    if RELAY_CORE is not None:
        command += ["--relay-core", RELAY_CORE, "--load-core", LOAD_CORE]
    return json.loads(subprocess.run([str(w) for w in command], capture_output=True, check=True).stdout)


# --- what a process costs ---

def _tasks(pid):
    return [f"/proc/{pid}/task/{t}" for t in os.listdir(f"/proc/{pid}/task")]


def _schedule(pid, field):
    total = 0
    for task in _tasks(pid):
        with open(task + "/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[field])
    return total / 1e9


def cpu_s(pid):
    """CPU seconds of all threads, to the nanosecond."""
    return _schedule(pid, 0)


def first_thread_cpu_s(pid):
    """CPU seconds of the thread that began: the relay's control loop."""
    with open(f"/proc/{pid}/task/{pid}/schedstat", encoding="ascii") as f:
        return int(f.read().split()[0]) / 1e9


def waited_s(pid):
    """Seconds for which threads were ready to run and had no core: what other work on the machine did to them."""
    return _schedule(pid, 1)


def wakeups(pid):
    """Voluntary context switches of all threads: how often one went to sleep, and so was woken."""
    total = 0
    for task in _tasks(pid):
        with open(task + "/status", encoding="ascii", errors="replace") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
    return total


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def udp_drops(port):
    """Datagrams that the kernel dropped at the socket of this port."""
    with open("/proc/net/udp", encoding="ascii") as f:
        return sum(int(w[-1]) for w in map(str.split, list(f)[1:]) if int(w[1].split(":")[1], 16) == port)


def full_buffers():
    """Datagrams dropped for want of room at any UDP socket, since the machine started."""
    with open("/proc/net/snmp", encoding="ascii") as f:
        names, values = [line.split() for line in f if line.startswith("Udp:")]
    return int(values[names.index("RcvbufErrors")]) + int(values[names.index("SndbufErrors")])


class Meter:
    """What a process used between two moments."""

    def __init__(self, pid):
        self.pid = pid
        self.began = (time.monotonic(), cpu_s(pid), wakeups(pid), waited_s(pid))

    def read(self):
        t, cpu, woken, waited = self.began
        seconds = time.monotonic() - t
        return {"seconds": seconds, "cpu_s": cpu_s(self.pid) - cpu, "core": (cpu_s(self.pid) - cpu) / seconds, "waited": (waited_s(self.pid) - waited) / seconds,
                "wakeups_s": (wakeups(self.pid) - woken) / seconds}


# --- figures ---

def percentile(values, share):
    """The smallest value that `share` of all stay within; NaN where there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def middle(values):
    return percentile(values, 0.5)


class Journal:
    """What the load generator saw, line by line (bench/load.c says what a line holds)."""

    def __init__(self, path):
        self.lines = []
        with open(path, encoding="utf-8") as f:
            for line in f:
                self.lines.append(line.rstrip("\n").split(" "))

    def of_kind(self, kind):
        return [x for x in self.lines if x[1] == kind]


# --- showing ---

class Result:
    """A title, a table and goals; shown as text or JSON."""

    def __init__(self, title, columns):
        self.title, self.columns, self.rows, self.goals = title, columns, [], []

    def row(self, *cells):
        self.rows.append([f"{c:.3g}" if isinstance(c, float) and abs(c) < 100 else f"{c:.0f}" if isinstance(c, float) else str(c)
                          for c in cells])

    def goal(self, what, figure, limit, unit):
        """`figure` must stay below or at `limit`."""
        self.goals.append({"what": what, "figure": figure, "limit": limit, "unit": unit, "met": figure <= limit})

    def as_json(self):
        return {"title": self.title, "columns": self.columns, "rows": self.rows, "goals": self.goals}

    def as_text(self):
        table = [self.columns] + self.rows
        widths = [max(len(r[i]) for r in table) for i in range(len(self.columns))]
        lines = [self.title, ""]
        lines += ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip() for r in table]
        lines += [""] if self.goals else []
        for g in self.goals:
            lines.append(f"{'met   ' if g['met'] else 'MISSED'} {g['what']}: {g['figure']:.3g} {g['unit']} (at most {g['limit']:g})")
        return "\n".join(lines)


def options(text, **flags):
    """The command's arguments: --json, and one for each of `flags` (name=(value, help)): a whole number or a text, as its value is."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    for name, (value, what) in flags.items():
        kind, metavar = (int, "N") if isinstance(value, int) else (str, "NAME")
        parser.add_argument("--" + name.replace("_", "-"), type=kind, default=value, metavar=metavar, help=f"{what} ({value or 'none'})")
    return parser.parse_args()


def finish(result, arguments):
    """Prints the result. Times are shown, never judged: the exit status is 0 whatever they are."""
    print(json.dumps(result.as_json()) if arguments.json else result.as_text())
