#!/usr/bin/env python3
"""A lecturer's upload over HTTPS: pages in two sizes with their text, cached for ever; what is no deck gets a sentence, and the session goes on.
usage: test_deck.py FOLDER-OF-PDFS"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

from aula_bench import Relay, source
from guards_lib import Rows, equal, get, request, true
from member import Member

rows = Rows()
PDFS = sys.argv[1]
SLIDES = source("relay/demo-deck/how-sound-travels.pdf")
WIDTHS = {"full": 1920, "small": 640}


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Deck:
    def __init__(self, relay):
        self.relay, self.s, self.lock = relay, relay.session("Decks"), threading.Lock()
        self.lecturer = Member(relay, relay.link(self.s, "lecturer", "Lea"))
        self.trainee = Member(relay, relay.link(self.s, "trainee", "Bob"))

    def upload(self, data, *headers, token=None, kind="application/pdf"):
        """(status, body as an object)"""
        head = ["POST /api/v1/decks HTTP/1.1", "Host: localhost", f"Content-Length: {len(data)}", *headers]
        head += [f"Content-Type: {kind}"] if kind else []
        head += [f"Authorization: Bearer {token or self.lecturer.token}"]
        with concurrent.futures.ThreadPoolExecutor() as meanwhile:
            answer = meanwhile.submit(request, self.relay.port, head, data, timeout=120)
            while not concurrent.futures.wait([answer], 1).done:
                with self.lock:
                    self.lecturer.catch_up(), self.trainee.catch_up()
        status, _, body = answer.result()
        return status, json.loads(body)

    def unharmed(self):
        """Both members are still there, and answered."""
        for m in (self.lecturer, self.trainee):
            true(m.must("chat", text="still here") > 0, "a chat message is taken")


@rows.row
def uploaded(d):
    """an upload by a lecturer's token: the deck is told to everyone, with title, pages and who"""
    status, reply = d.upload(read(SLIDES), "X-Aula-Title: Wie Schall reist %E2%80%93 1")
    equal(status, 201, reply)
    event = d.trainee.until(lambda m: next((e for e in m.events if e["kind"] == "deck-added"), None))
    equal((event["deck"], event["title"], event["pages"], event["by"]),
          (reply["deck"], "Wie Schall reist – 1", reply["pages"], d.lecturer.number), "the event")
    d.event = event


@rows.row
def images(d):
    """every page is a WebP image, 1920 and 640 pixels wide, named by the hash of what it holds"""
    status, headers, body = get(d.relay.port, d.event["manifest"])
    equal((status, headers["content-type"]), (200, "application/json"), "the manifest")
    pages = json.loads(body)
    d.pages = pages["pages"] if isinstance(pages, dict) else pages
    equal(len(d.pages), d.event["pages"], "pages in it")
    for page in d.pages:
        for size, width in WIDTHS.items():
            told = page[size]
            status, headers, image = get(d.relay.port, told["url"])
            equal((status, headers["content-type"], len(image)), (200, "image/webp", told["bytes"]), told["url"])
            equal(told["url"].rsplit("/", 1)[1].split(".")[0], hashlib.sha256(image).hexdigest(), "its name")
            equal(webp_size(image), (width, told["height"]), f"pixels of {size}")
            equal(told["width"], width, "width told")


def webp_size(image):
    """By webpinfo: (width, height)."""
    with tempfile.NamedTemporaryFile(suffix=".webp") as f:
        f.write(image)
        f.flush()
        said = subprocess.run(["webpinfo", f.name], capture_output=True, check=True).stdout.decode()
    return tuple(int(re.search(rf"{side}:? +(\d+)", said)[1]) for side in ("[Ww]idth", "[Hh]eight"))


@rows.row
def text(d):
    """each page's text is in the manifest"""
    for i, page in enumerate(d.pages, 1):
        wanted = subprocess.run(["pdftotext", "-f", str(i), "-l", str(i), "-enc", "UTF-8", SLIDES, "-"], capture_output=True, check=True)
        words = wanted.stdout.decode().split()
        equal([w for w in words if w not in page["text"]], [], f"words that page {i} lacks")


@rows.row
def caching(d):
    """pages and manifest may be kept for ever"""
    for url in (d.event["manifest"], d.pages[0]["full"]["url"], d.pages[0]["small"]["url"]):
        _, headers, _ = get(d.relay.port, url)
        true("immutable" in headers["cache-control"] and "max-age=31536000" in headers["cache-control"], f"{url}: {headers['cache-control']}")


@rows.row
def rights(d):
    """who may not upload gets 401 or 403 and a sentence"""
    data = read(os.path.join(PDFS, "good.pdf"))
    for token, status, part in ((d.trainee.token, 403, "Only chairs and lecturers"), ("x" * 43, 401, "not valid"),
                                (d.lecturer.token[:-1] + "~", 401, ""), ("", 401, "")):
        got, reply = d.upload(data, token=token or "''")
        equal(got, status, reply)
        true(part in reply["error"] and reply["error"].endswith("."), f"the sentence {reply['error']!r}")
    revoked = Member(d.relay, d.relay.link(d.s, "lecturer", "Gone"))
    d.relay.ctl("link", "revoke", "--session", d.s, "--person", revoked.number)
    equal(d.upload(data, token=revoked.token)[0], 401, "a revoked link")
    d.unharmed()


@rows.row
def no_decks(d):
    """each file that is no deck gets its sentence, and the session goes on"""
    for name, part in (("not.pdf", "not a PDF"), ("short.pdf", "not a PDF"), ("encrypted.pdf", "password"), ("truncated.pdf", "damaged"),
                       ("ten-thousand.pdf", "10000 pages"), ("wide.pdf", "Page 2"), ("memory.pdf", "too much memory")):
        status, reply = d.upload(read(os.path.join(PDFS, name)))
        true(400 <= status < 500, f"{name}: {status} {reply}")
        true(part in reply["error"] and reply["error"].endswith("."), f"{name}: the sentence {reply['error']!r}")
        d.unharmed()
    equal(d.upload(b"%PDF-1.7\n" + bytes(1000), kind="text/plain")[0], 415, "another media type")
    equal(os.listdir(os.path.join(d.relay.data, "decks", ".work")), [], "what is left of them")


@rows.row
def at_once(d):
    """four uploads at once, one of them a memory eater, one cut off in the midst: the others become decks"""
    results = {}

    def one(name):
        results[name] = d.upload(read(os.path.join(PDFS, name)))[0]

    threads = [threading.Thread(target=one, args=(name,)) for name in ("good.pdf", "memory.pdf", "untitled.pdf")]
    for t in threads:
        t.start()
    try:
        request(d.relay.port, ["POST /api/v1/decks HTTP/1.1", "Host: localhost", "Content-Length: 100000", "Content-Type: application/pdf",
                               f"Authorization: Bearer {d.lecturer.token}"], b"%PDF-1.7\n" + bytes(500), timeout=1)
    except TimeoutError:
        pass  # nothing is answered, and we close
    for t in threads:
        t.join()
    equal(results, {"good.pdf": 201, "memory.pdf": 422, "untitled.pdf": 201}, "answers")
    d.unharmed()


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Deck(the_relay))
    sys.exit(status)
