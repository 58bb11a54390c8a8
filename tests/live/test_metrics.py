#!/usr/bin/env python3
"""What Prometheus is told: both forms of the text by promtool, the alert rules and the dashboard against it, few series however many
sessions, and a scraper that asks a hundred times a second."""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from aula_bench import PATIENCE_S, Relay, endless, free_address, source, until
from guards_lib import Rows, equal, get, true

rows = Rows()
PLAIN, OPEN = "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0"
ALERTS, DASHBOARD = source("relay/dist/prometheus/alerts.yml"), source("relay/dist/prometheus/dashboard.json")
LABELLED = 50  # DESK_LABELLED_MAX
STORM_S, STORM_PER_S = 3, 100


def scrape(at, accept=OPEN):
    request = urllib.request.Request(f"http://{at}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        true(answer.headers["Content-Type"].startswith(accept), f"{accept}: {answer.headers['Content-Type']}")
        return answer.read().decode()


def promtool(*words, text=None):
    done = subprocess.run(["promtool", *words], input=text, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    equal(done.returncode, 0, f"promtool {words[0]}: {done.stdout}{done.stderr}; its status")
    return done.stdout + done.stderr


def names_in(text):
    return set(re.findall(r"^(aula_\w+)", text, re.M))


def hooked(*flags, folder):
    """A relay whose webhook has nobody at its other end: it has all figures that there are."""
    path = os.path.join(folder, "secret")
    with open(path, "w", encoding="ascii") as f:
        f.write("s" * 40)
    return Relay(*flags, "--webhook-url", "http://127.0.0.1:9/", "--webhook-secret-file", path)


@rows.row
def text():
    """promtool finds nothing to blame; OpenMetrics tells the same, with its types, units and end"""
    at = free_address()
    with tempfile.TemporaryDirectory() as folder, hooked("--metrics", at, folder=folder) as relay:
        s = relay.session("Seen", rooms=["A"])
        relay.join(relay.link(s, "lecturer", "Ada"), play=endless("en"))
        until(lambda: re.search(rf'^aula_session_packets_in_total{{session="{s}"}} [1-9]', scrape(at, PLAIN), re.M), "the session's sound")
        plain, modern = scrape(at, PLAIN), scrape(at)
        equal(promtool("check", "metrics", text=plain), "", "what promtool says")
        true(modern.endswith("# EOF\n") and "# EOF" not in plain, "the end")
        equal(names_in(plain), names_in(modern), "names of the two forms")
        for family, kind in re.findall(r"^# TYPE (\S+) (\S+)$", modern, re.M):
            true(kind in ("gauge", "counter", "histogram", "info"), f"{family} is a {kind}")
            true(kind != "counter" or not family.endswith("_total"), f"{family}: a family's name is without _total")
            true(f"# HELP {family} " in modern, f"{family} has no help")
            if family.endswith(("_seconds", "_bytes")):
                true(f"# UNIT {family} {family.rsplit('_', 1)[1]}\n" in modern, f"{family} has no unit")
        for row in modern.splitlines():
            true(re.fullmatch(r"# (TYPE|HELP|UNIT|EOF).*|aula_\w+(\{\w+=\"[^\"]*\"(,\w+=\"[^\"]*\")*\})? -?[\d.e+]+", row), row)
        used = {"up", *names_in(plain)}
        with open(ALERTS, encoding="utf-8") as f:
            wanted = set(re.findall(r"\b(aula_\w+)", "".join(line for line in f if "expr" in line or "histogram" in line or "rate(" in line)))
        true(wanted and wanted <= used, f"alert rules ask for {wanted - used}")
        check_dashboard(used)


def check_dashboard(used):
    """Each expression is one that Prometheus understands, of names that there are."""
    with open(DASHBOARD, encoding="utf-8") as f:
        panels = json.load(f)["panels"]
    expressions = [t["expr"].replace("$instance", ".*") for p in panels for t in p["targets"]]
    wanted = {n for e in expressions for n in re.findall(r"\b(aula_\w+)", e)}
    true(len(panels) > 10 and wanted <= used, f"the dashboard asks for {wanted - used}")
    equal(len({p["id"] for p in panels}), len(panels), "ids of panels")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rules.yml")
        rules = [{"record": f"panel:n{i}", "expr": e} for i, e in enumerate(expressions)]
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, f)  # JSON is YAML
        promtool("check", "rules", path)


@rows.row
def alerts():
    """each alert rings for its own trouble and for nothing else"""
    promtool("check", "rules", ALERTS)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "test.yml")
        with open(source("tests/live/prometheus_rules.yml"), encoding="utf-8") as f:
            text = f.read().replace("[ALERTS]", f"[{json.dumps(ALERTS)}]")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        promtool("test", "rules", path)


@rows.row
def few_series():
    """of fifty-two sessions with sound fifty are told of one by one, the rest together"""
    at = free_address()
    with Relay("--metrics", at) as relay:
        sessions = [relay.session(f"Number {i}") for i in range(LABELLED + 2)]
        for s in sessions:
            relay.join(relay.link(s, "lecturer", "Ada"))
        text = until(lambda: 'aula_session_people{session="other"} 2\n' in (t := scrape(at)) and t, "two people in the rest")
        labels = re.findall(r'^aula_session_people\{session="(\w+)"\} (\d+)$', text, re.M)
        equal(len(labels), LABELLED + 1, "series of a figure")
        true(len(text) < 128 * 1024 and text.endswith("# EOF\n"), f"{len(text)} bytes")


@rows.row
def storm():
    """asked a hundred times a second the relay answers all, and sessions go on"""
    at = free_address()
    with Relay("--metrics", at) as relay:
        s = relay.session("Asked")
        bo = relay.join(relay.link(s, "trainee", "Bo"), payloads=True)
        bo.await_event("sound-up")
        ada = relay.join(relay.link(s, "lecturer", "Ada"), payloads=True, play=endless("en"))

        def packets(who, way):
            return [p["sha256"] for p in who.payloads() if p["dir"] == way and p["len"] != 3]

        until(lambda: packets(bo, "in"), "the talk")
        before, sent = len(packets(bo, "in")), len(packets(ada, "out"))
        answers, begun = [], time.monotonic()

        def ask():
            for i in range(STORM_S * STORM_PER_S // 4):
                time.sleep(max(0.0, begun + i * 4 / STORM_PER_S - time.monotonic()))
                answers.append(scrape(at).endswith("# EOF\n"))

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for a in askers:
            a.start()
        for a in askers:
            a.join()
        print(f"# {len(answers)} answers in {time.monotonic() - begun:.1f} s", flush=True)
        equal(len(answers), STORM_S * STORM_PER_S, "answers")
        true(all(answers), "whole answers")
        said = packets(ada, "out")
        until(lambda: said[-1] in packets(bo, "in"), "the last packet at Bo")
        heard = packets(bo, "in")
        first, last = said.index(heard[0]), heard.index(said[-1])
        dropped = relay.show(s)["counters"]["dropped"]  # for their time was over, where this machine stood still
        there = set(heard)
        equal([p for p in said if p in there], heard[:last + 1], "what Bo received, in the order in which Ada said it")
        true(len(said) - first - (last + 1) <= dropped, f"{len(said) - first - (last + 1)} packets are missing, {dropped} were dropped")
        true(len(said) > sent and last >= before, "some of it meanwhile")
        relay.ctl("grant", "--session", s, "--participant", bo.number)
        ada.await_event("granted", lambda e: e["who"] == bo.number)


@rows.row
def ready():
    """/readyz is true while a new session would be taken, and says why not while the relay drains; it stays the truth that /healthz tells"""
    with Relay() as relay:
        s = relay.session("Last")
        equal(get(relay.port, "/readyz")[2], b"ok\n")
        relay.ctl("drain")
        equal(get(relay.port, "/readyz")[0], 503, "while it drains")
        equal(get(relay.port, "/readyz")[2], b"draining\n")
        relay.ctl("end", "--session", s)
        equal(relay.process.wait(PATIENCE_S), 0, "its exit status")
        relay.process.stdout.close()
        relay.process = None


if __name__ == "__main__":
    sys.exit(rows.run(together=True))
