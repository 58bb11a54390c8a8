#!/usr/bin/env python3
"""A programme from its file to its report, on a real relay: loaded, held, told; the report passes tidy, needs no network, holds what was said and,
when it is public, nobody's name."""
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

from aula_bench import Relay, program, source
from guards_lib import Rows, equal, true
from member import Member

rows = Rows()
NAMES = ["Prof. Chiara Rossi", "Dr. Chidi Okafor", "Bo <Nguyen> & sons", "Zeynep Kaya"]

PROGRAMME = """[programme]
key = acoustics
title = Room acoustics & speech
zone = Europe/Rome
[session one]
title = Day one
day = 2031-11-24
from = 09:00
to = 12:00
chairs = rossi
lecturers = okafor
rooms = Aula Magna
record = no
deck = slides.pdf
slot = 09:00 20 okafor How sound travels
[session two]
title = Day two
day = 2031-11-25
from = 09:00
to = 12:00
chairs = rossi
[person rossi]
name = Prof. Chiara Rossi
address = rossi@example.org
country = Italy
[person okafor]
name = Dr. Chidi Okafor
country = Nigeria
[person bo]
name = Bo <Nguyen> & sons
country = Vietnam
place = Aula Magna
[person zeynep]
name = Zeynep Kaya
country = Italy
"""


class Course:
    def __init__(self, relay):
        self.relay, self.folder = relay, tempfile.mkdtemp(prefix="aula-live-")
        self.file = os.path.join(self.folder, "course.programme")
        with open(source("relay/demo-deck/how-sound-travels.pdf"), "rb") as f, open(os.path.join(self.folder, "slides.pdf"), "wb") as to:
            to.write(f.read())
        self.write(PROGRAMME)
        self.loaded = self.relay.ctl("programme", "load", self.file)

    def write(self, text):
        with open(self.file, "w", encoding="utf-8") as f:
            f.write(text)

    def shown(self):
        return self.relay.ctl("programme", "show", "--programme", "acoustics")["programme"]

    def url(self, key):
        return next(p["url"] for p in self.shown()["people"] if p["key"] == key)

    def path(self, name):
        return os.path.join(self.folder, name)


def aulactl(relay, *words):
    done = subprocess.run([program("aulactl"), "--data", relay.data, *words], capture_output=True, check=False, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@rows.row
def again(c):
    """loading again changes nothing, and the same deck is not drawn again"""
    equal((c.loaded["sessions_changed"], c.loaded["people_changed"], c.loaded["decks"]), (2, 4, 1), "new at first")
    before = c.shown()
    reply = c.relay.ctl("programme", "load", c.file)
    equal((reply["sessions_changed"], reply["people_changed"], reply["decks"]), (0, 0, 0), "new at the second time")
    equal(c.shown(), before, "the programme")


@rows.row
def mistakes(c):
    """all mistakes of a file are told with their lines, and nothing is loaded"""
    bad = c.path("bad")
    with open(bad, "w", encoding="utf-8") as f:
        f.write("[programme]\nkey = other\nzone = Mars/One\n[session x]\ntitle = X\n")
    status, _, said = aulactl(c.relay, "programme", "load", bad)
    equal(status, 2, "exit status")
    equal([int(n) for n in re.findall(r"bad:(\d+): ", said)], [1, 3, 4, 4, 4], "lines")
    true("other" not in json.dumps(c.relay.ctl("programme", "list")), "nothing of it is there")


@rows.row
def links(c):
    """links for mailing, and a calendar with everyone's own"""
    _, csv, _ = aulactl(c.relay, "programme", "links", "--programme", "acoustics", "--csv")
    true(csv.splitlines()[1].startswith('"rossi","Prof. Chiara Rossi","rossi@example.org","trainee","Italy","","https://'), csv)
    _, ics, _ = aulactl(c.relay, "programme", "calendar", "--programme", "acoustics", "--person", "bo")
    true("DTSTART:20311124T080000Z\r\n" in ics or "DTSTART:20311124T080000Z\n" in ics, ics)
    true(c.url("bo") in re.sub(r"\r?\n ", "", ics), "the personal link is in it")


@rows.row
def held(c):
    """one link opens the session of now, and the next one after its end"""
    sessions = {s["key"]: s["session"] for s in c.shown()["sessions"]}
    chair = Member(c.relay, c.url("rossi"))
    equal(chair.welcome["session"]["title"], "Day one", "the next session")
    chair.must("open")
    everyone = [Member(c.relay, c.url(key)) for key in ("okafor", "bo", "zeynep")]
    question = everyone[1].must("ask", text="Why <b>does</b> it echo?")
    chair.must("approve", question=question)
    everyone[2].must("vote", question=question)
    chair.must("answered", question=question)
    poll = chair.must("poll", text="Speed of sound?", options=["343 m/s", "3 km/s"], right=[1])
    for verb in ("poll-open",):
        chair.must(verb, poll=poll)
    for member in everyone:
        member.must("answer", poll=poll, choices=[1])
    chair.must("poll-close", poll=poll)
    chair.must("poll-show", poll=poll)
    everyone[0].must("chat", text="</script><h1>hello")
    time.sleep(1.5)  # attendance is told in whole seconds
    c.relay.ctl("end", "--session", sessions["one"])
    chair = Member(c.relay, c.url("rossi"))
    equal(chair.welcome["session"]["title"], "Day two", "the session after it")
    chair.must("open")
    c.relay.ctl("end", "--session", sessions["two"])


@rows.row
def attendance(c):
    """attendance of a whole programme is that of all its sessions; places of each interval"""
    ids = [s["session"] for s in c.shown()["sessions"]]
    words = [w for s in ids for w in ("--session", s)]
    for form in ("json", "csv", "xapi"):
        of_all, of_one = ([*head, "--threshold", "50%", "--format", form] for head in (words, ("--programme", "acoustics")))
        equal(aulactl(c.relay, "attendance", *of_one), aulactl(c.relay, "attendance", *of_all), form)
    told = c.relay.ctl("attendance", "--programme", "acoustics")
    equal([s["id"] for s in told["sessions"]], ids, "its sessions")
    chair = next(p for p in told["people"] if p["name"] == "Prof. Chiara Rossi")
    equal(({i["session"] for i in chair["intervals"]}, chair["roles"]), (set(ids), ["chair"]), "both days")
    status, _, said = aulactl(c.relay, "attendance", "--programme", "none")
    true(status == 1 and "no programme" in said, said)
    equal(aulactl(c.relay, "attendance")[0], 2, "neither")


def tidied(page):
    done = subprocess.run(["tidy", "-quiet", "-errors", "--mute-id", "yes", page], capture_output=True, check=False)
    equal((done.returncode, done.stderr.decode()), (0, ""), f"tidy of {page}")


def checked(c, name, *flags):
    """The report's page, which tidy and a reader have nothing against; and the files of its ZIP."""
    c.relay.aulactl("report", "--programme", "acoustics", "--out", c.path(name), *flags, json_output=False)
    with open(c.path(name + "/index.html"), encoding="utf-8") as f:
        page = f.read()
    tidied(c.path(name + "/index.html"))
    true("<script" not in page and "http" not in page, "no script and nothing of a network")
    for reference in re.findall(r'(?:src|href)="([^"#]+)"', page):
        true(os.path.isfile(c.path(os.path.join(name, reference))), f"{reference} is there")
    with zipfile.ZipFile(c.path(name + ".zip")) as z:
        equal(z.testzip(), None, "a damaged file")
        names = z.namelist()
        equal(z.read(f"{name}/index.html").decode(), page, "the page in the ZIP file")
    return page, names


@rows.row
def whole(c):
    """the report tells everything"""
    page, names = checked(c, "whole", "--chat")
    for part in ("Room acoustics &amp; speech", "Bo &lt;Nguyen&gt; &amp; sons", "Why &lt;b&gt;does&lt;/b&gt; it echo?", "1 vote, answered",
                 "343 m/s", "3 (right)", "&lt;/script&gt;&lt;h1&gt;hello", "People by country", "How sound travels", "<td>lecturer</td>", "<td>Aula Magna</td>"):
        true(part in page, f"{part} in the page")
    true(len([n for n in names if n.startswith("whole/slides/")]) > 3, "slides")
    true("whole/attendance.csv" in names, "the table")


@rows.row
def certificates(c):
    """certificates: by number on the relay, by signature without it; a word that is changed is found"""
    folder = c.path("whole/certificates")
    numbers = [n[:-5] for n in os.listdir(folder) if n.endswith(".html")]
    true(1 <= len(numbers) <= 4, f"{numbers}")
    for number in numbers:
        with open(os.path.join(folder, number + ".txt"), encoding="utf-8") as f:
            statement = f.read()
        status, said, _ = aulactl(c.relay, "verify", number)
        equal((status, said), (0, statement + "\n"), "what the relay says")
        check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-sigfile", number + ".sig", "-in"]
        equal(subprocess.run([*check, number + ".txt"], cwd=folder, capture_output=True, check=False).returncode, 0, "the signature")
        forged = c.path("forged")
        with open(forged, "w", encoding="utf-8") as f:
            f.write(statement.replace("attended", "attende"))
        true(subprocess.run([*check, forged], cwd=folder, capture_output=True, check=False).returncode != 0, "a forged one is found")
        tidied(os.path.join(folder, number + ".html"))
    equal(aulactl(c.relay, "verify", "aaaa-bbbb-cccc")[0], 1, "status of a number that nobody has")


def fetched(c, path, **headers):
    """Status, headers and text of a request without a token."""
    request = urllib.request.Request(c.relay.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    context = ssl.create_default_context(cafile=os.path.join(c.relay.data, "tls.crt"))
    context.check_hostname = False
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as got:
            return got.status, got.headers, got.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read().decode()


@rows.row
def anybody(c):
    """anybody verifies a certificate by its number, in two languages and as JSON; who asks for many is held up"""
    number = next(n[:-5] for n in sorted(os.listdir(c.path("whole/certificates"))) if n.endswith(".html"))
    with open(c.path(f"whole/certificates/{number}.txt"), encoding="utf-8") as f:
        statement = f.read()
    status, headers, page = fetched(c, f"/verify/{number.upper()}")
    equal((status, headers["content-type"]), (200, "text/html; charset=utf-8"), "a page")
    true("default-src 'self'" in headers["content-security-policy"] and "accept-language" in headers["vary"], f"{headers}")
    true("This certificate is genuine" in page and "Room acoustics &#38; speech" in page and number in page, page)
    with open(c.path("verify.html"), "w", encoding="utf-8") as f:
        f.write(page)
    tidied(c.path("verify.html"))
    true('lang="fa" dir="rtl"' in fetched(c, f"/verify/{number}", Accept_Language="fa-IR,fa;q=0.9,en;q=0.1")[2], "in Persian")
    told = json.loads(fetched(c, f"/verify/{number}", Accept="application/json")[2])
    equal((told["issued"], told["statement"], told["title"]), (True, statement, "Room acoustics & speech"), "JSON")
    status, _, page = fetched(c, "/verify/aaaa-bbbb-cccc")
    true(status == 404 and "No certificate of this number" in page and "genuine" not in page, page)
    status, _, page = fetched(c, "/verify/%3Cscript%3Ealert(1)")
    true(status == 404 and "script" not in page, page)
    equal(fetched(c, "/verify/style.css")[0], 200, "its style")
    answers = [fetched(c, f"/verify/{number}")[:2] for _ in range(12)]
    equal((answers[-1][0], answers[-1][1]["retry-after"]), (429, "60"), "too many")


@rows.row
def public(c):
    """the public report names nobody"""
    page, names = checked(c, "public", "--public", "--chat")
    for name in [*NAMES, "Rossi", "Okafor", "Nguyen", "Kaya", "rossi@example.org", "hello", "Vietnam"]:
        true(name not in page, f"{name} is not in the page")
    true("Why &lt;b&gt;" in page and "343 m/s" in page, "questions and polls are")
    equal([n for n in names if "csv" in n or "recordings" in n or "certificates" in n], [], "files of people")


@rows.row
def alone(c):
    """a report of one session; a folder that is not empty and a session that is not there are refused"""
    one = c.shown()["sessions"][0]["session"]
    c.relay.aulactl("report", "--session", one, "--out", c.path("one/"), json_output=False)
    true(os.path.isfile(c.path("one.zip")), "its ZIP file")
    for words, part in ((["--session", one, "--out", c.path("one")], "something is in this folder"), (["--session", "zzz", "--out", c.path("no")], "zzz"),
                        (["--out", c.path("no")], "name one of them")):
        status, _, said = aulactl(c.relay, "report", *words)
        true(status != 0 and part in said, f"{words}: {status} {said}")
        true(not os.path.exists(c.path("no")), "no folder is left")


if __name__ == "__main__":
    with Relay() as the_relay:
        the_course = Course(the_relay)
        status = rows.run(the_course)
        if len(sys.argv) > 1:  # to be looked at
            shutil.copytree(the_course.folder, sys.argv[1])
        shutil.rmtree(the_course.folder)
    sys.exit(status)
