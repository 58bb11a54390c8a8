"""aulad as a process: starting, refusing to start, its two doors, and its ends. usage: test_aulad.py AULAD"""
import json, os, re, signal, socket, ssl, stat, subprocess, sys, tempfile, time
from guards_lib import *
from ports import free_address, free_ports

AULAD = sys.argv[1]
rows = Rows()
FREE = ("--listen", "127.0.0.1:0", "--media", "127.0.0.1:0")


class Relay(Program):
    def __init__(self, folder, *flags):
        super().__init__(AULAD, "--data", folder, *(flags or FREE))
        ready = re.fullmatch(r"ready https://(\S+):(\d+) media (\S+):(\d+)", self.line)
        true(ready, f"the ready line is {self.line!r}")
        self.folder, self.port, self.media = folder, int(ready[2]), int(ready[4])

    def ask(self, **request):
        with Door(self.folder) as door:
            return door.ask(request)

    def session(self, **more):
        answer = self.ask(verb="session-create", title="A hall", rooms=["North"], languages=[], record=False,
                          planned=False, **more)
        true(answer["ok"], answer)
        return answer["session"]

    def link(self, session, role="trainee", name="Ada"):
        answer = self.ask(verb="link", session=session, role=role, name=name)
        true(answer["ok"], answer)
        return answer["url"].rsplit("/", 1)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Door:
    def __init__(self, folder):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(PATIENCE_S)
        self.s.connect(os.path.join(folder, "control.sock"))
        self.file = self.s.makefile("rb")

    def send(self, data):
        self.s.sendall(data)

    def hear(self):
        line = self.file.readline()
        return json.loads(line) if line else None

    def ask(self, request):
        self.send(json.dumps(request).encode() + b"\n")
        return self.hear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.s.close()


def member(relay, token, **more):
    ws = WebSocket(relay.port)
    ws.say({"kind": "hello", "v": 1, "token": token, "agent": "test", **more})
    return ws, json.loads(ws.hear())


def hear_kind(ws, kind):
    while not isinstance(heard := ws.hear(), tuple):
        sentence = json.loads(heard)
        if sentence["kind"] == kind:
            return sentence
    raise AssertionError(f"{kind} did not come, but {heard}")


def refused(*flags):
    """Starts with the flags; its complaint. It must exit with 2."""
    done = subprocess.run([AULAD, *flags], capture_output=True, text=True, timeout=PATIENCE_S)
    equal(done.returncode, 2, f"exit status ({done.stdout!r}, {done.stderr!r})")
    equal(done.stdout, "")
    return done.stderr.splitlines()


# --- starting ---

@rows.row
def ready(folder):
    """ready line, data folder, certificate, control socket 0600"""
    with Relay(folder) as relay:
        true(relay.port > 0 and relay.media > 0, "ports")
        equal(stat.S_IMODE(os.stat(folder + "/control.sock").st_mode), 0o600)
        equal(stat.S_IMODE(os.stat(folder + "/tls.key").st_mode), 0o600)
        context = ssl.create_default_context(cafile=folder + "/tls.crt")
        for name in ("localhost", "127.0.0.1"):
            with context.wrap_socket(socket.create_connection(("127.0.0.1", relay.port)), server_hostname=name):
                pass
        equal(get(relay.port, "/healthz")[2], b"ok\n")
        status, headers, body = get(relay.port, "/j/some-token")
        equal(status, 200)
        true(b"<html" in body, "the page")
        equal(relay.terminate()[0], 0)
        true(not os.path.exists(folder + "/control.sock"), "the control socket is gone")


@rows.row
def wrong_flags(folder):
    """mistakes: all of them, one line each, exit 2"""
    lines = refused("--data", folder, "--listen", "x", "--workers", "0", "--nonsense")
    equal(len(lines), 3, lines)
    true("--listen" in lines[0] and "--workers" in lines[1] and "--nonsense" in lines[2], lines)
    with open(folder + "/aulad.ini", "w") as f:
        f.write("listen = 127.0.0.1:0\nmeda = 127.0.0.1:0\n")
    lines = refused("--data", folder, "--config", folder + "/aulad.ini")
    equal(len(lines), 1, lines)
    true("aulad.ini:2:" in lines[0] and "did you mean 'media'" in lines[0], lines)


@rows.row
def check_config(folder):
    """--check-config"""
    done = subprocess.run([AULAD, "--data", folder, "--check-config"], capture_output=True, text=True, timeout=PATIENCE_S)
    equal((done.returncode, done.stderr), (0, ""))
    lines = refused("--data", folder, "--tls-cert", "/none", "--tls-key", "/none", "--check-config")
    true("/none: cannot be read" in lines[0], lines)


@rows.row
def busy_ports(folder):
    """a busy port, TCP or UDP"""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{tcp.getsockname()[1]}"
        lines = refused("--data", folder, "--listen", at, "--media", "127.0.0.1:0")
        true(at in lines[-1] and "busy" in lines[-1], lines)
        at = f"127.0.0.1:{udp.getsockname()[1]}"
        lines = refused("--data", folder, "--listen", "127.0.0.1:0", "--media", at)
        true(at in lines[-1] and "busy" in lines[-1], lines)
    lines = refused("--data", folder, "--listen", "192.0.2.1:8443")
    true("no such address" in lines[-1], lines)


@rows.row
def bad_folders(folder):
    """a data folder that cannot be one"""
    with open(folder + "/file", "w") as f:
        f.write("x")
    true("is no folder" in refused("--data", folder + "/file", *FREE)[-1], "a file")
    true("cannot be made" in refused("--data", folder + "/a/b/c", *FREE)[-1], "no parent")
    with open(folder + "/aula.db", "w") as f:
        f.write("this is no database, it only lies here\n" * 100)
    true("aula.db" in refused("--data", folder, *FREE)[-1], "a broken log")
    deep = folder + "/" + "d" * 120
    os.mkdir(deep)
    true("too long" in refused("--data", deep, *FREE)[-1], "a name too long for a socket")


@rows.row
def two_relays(folder):
    """two relays on one data folder; after kill -9 the folder is free again"""
    with Relay(folder) as relay:
        lines = refused("--data", folder, *FREE)
        true("nother aulad" in lines[-1] and folder in lines[-1], lines)
        equal(relay.ask(verb="list")["ok"], True)
        relay.process.kill()
        relay.process.communicate()
        true(os.path.exists(folder + "/control.sock"), "the dead relay's socket lies there")
    with Relay(folder) as relay:
        equal(relay.ask(verb="list")["ok"], True)


@rows.row
def workers(folder):
    """three workers, on ports in a row"""
    base = free_ports(3)
    with Relay(folder, "--listen", "127.0.0.1:0", "--media", f"127.0.0.1:{base}", "--workers", "3") as relay:
        equal(relay.media, base)
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            for port in range(base, base + 3):
                try:
                    s.bind(("127.0.0.1", port))
                except OSError:
                    continue
                raise AssertionError(f"nobody listens on {port}")
        equal(relay.terminate()[0], 0)


@rows.row
def all_addresses(folder):
    """[::] serves IPv4 and IPv6"""
    with Relay(folder, "--listen", "[::]:0", "--media", "[::]:0", "--public-address", "127.0.0.1",
               "--public-address", "::1") as relay:
        for host in ("127.0.0.1", "::1"):
            with tls(relay.port, host=host) as s:
                s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                equal(read_response(s)[0], 200)


# --- the operator's door ---

@rows.row
def door_lines(folder):
    """lines at the door: several at once, in pieces, wrong, too long, too many clients"""
    with Relay(folder) as relay:
        at_first = relay.descriptors()
        with Door(folder) as door:
            door.send(b'{"verb":"list"}\n{"verb":"list"}\n{"ver')
            equal([door.hear()["ok"], door.hear()["ok"]], [True, True])
            door.send(b'b":"list"}\n')
            equal(door.hear()["ok"], True)
            for wrong in (b"nonsense\n", b"[]\n", b"\n", b'{"verb":"nothing"}\n', b'{"verb":3}\n', b'{"a":1,"a":2}\n',
                          b'{"verb":"list"} x\n', b'{"verb":"\xff"}\n', b'{"verb":"deck-add"}\n', b"\0\n"):
                door.send(wrong)
                answer = door.hear()
                equal((answer["ok"], answer.get("usage")), (False, True), wrong)
            equal(door.ask({"verb": "list"})["ok"], True)
        with Door(folder) as door:
            door.send(b"x" * 70000)
            answer = door.hear()
            equal(answer["usage"], True, answer)
            door.send(b"x" * 70000 + b'\n{"verb":"list"}\n')
            door.s.settimeout(0.3)
            try:
                raise AssertionError(f"after a line too long it says {door.hear()}")
            except TimeoutError:
                pass
        wait_until(lambda: relay.descriptors() <= at_first, "both doors are closed at the relay too")
        many = [Door(folder) for _ in range(32)]
        with Door(folder) as one_more:
            equal(one_more.hear()["ok"], False)
            equal(one_more.hear(), None)
        for door in many:
            equal(door.ask({"verb": "list"})["ok"], True)
            door.close()
        wait_until(lambda: relay.descriptors() <= at_first, "all doors are closed at the relay too")
        equal(relay.ask(verb="list")["ok"], True)
        equal(relay.terminate()[0], 0)


def pdf(pages=2):
    """A small PDF, made here."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>",
               f"<</Type/Pages/Count {pages}/Kids[{' '.join(f'{4 + 2 * i} 0 R' for i in range(pages))}]>>",
               "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for i in range(pages):
        text = f"BT /F 40 Tf 40 100 Td (Page {i + 1}) Tj ET"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 200]/Contents {5 + 2 * i} 0 R"
                       "/Resources<</Font<</F 3 0 R>>>>>>")
        objects.append(f"<</Length {len(text)}>>stream\n{text}\nendstream")
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj{content}endobj\n".encode()
    table = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return data + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()


@rows.row
def decks(folder):
    """a deck by the door and a deck over HTTPS; members hear of both, pages are served"""
    with Relay(folder) as relay:
        session = relay.session()
        lecturer = relay.link(session, "lecturer", "Bo")
        ws, _ = member(relay, lecturer)
        with Door(folder) as door:
            for header, body, why in (({"session": "none", "bytes": 4}, b"%PDF", "no such session"),
                                      ({"session": session, "bytes": 9}, b"not a PDF", "PDF"),
                                      ({"session": session, "bytes": 10 ** 9}, None, "50 MB")):
                if body is None:
                    continue
                door.send(json.dumps({"verb": "deck-add", "title": "T", **header}).encode() + b"\n" + body)
                answer = door.hear()
                true(not answer["ok"] and why in answer["why"], answer)
            data = pdf(2)
            door.send(json.dumps({"verb": "deck-add", "session": session, "title": "One", "bytes": len(data)}).encode()
                      + b"\n" + data + b'{"verb":"list"}\n')
            while "page" in (answer := door.hear()):
                pass
            equal((answer["ok"], answer.get("pages")), (True, 2), answer)
            equal(door.hear()["ok"], True, "the request behind the deck")
        event = hear_kind(ws, "events")["events"][-1]
        equal((event["kind"], event["deck"], event["by"]), ("deck-added", answer["deck"], 0))
        manifest = json.loads(get(relay.port, event["manifest"])[2])
        page = (manifest["pages"] if isinstance(manifest, dict) else manifest)[0]["full"]["url"]
        status, headers, body = get(relay.port, page)
        equal((status, headers["content-type"], body[:4]), (200, "image/webp", b"RIFF"))
        data = pdf(3)
        status, _, body = request(relay.port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Content-Type: application/pdf",
                                               f"Authorization: Bearer {lecturer}", "X-Aula-Title: Zwei%20%C3%BC",
                                               f"Content-Length: {len(data)}"], data, timeout=60)
        equal(status, 201, body)
        equal(json.loads(body)["pages"], 3)
        event = hear_kind(ws, "events")["events"][-1]
        equal((event["title"], event["by"] > 0), ("Zwei \u00fc", True))
        trainee = relay.link(session)
        equal(request(relay.port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Content-Type: application/pdf",
                                   f"Authorization: Bearer {trainee}", f"Content-Length: {len(data)}"], data)[0], 403)
        for token in ("nonsense", lecturer[:-1]):
            equal(request(relay.port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Content-Type: application/pdf",
                                       f"Authorization: Bearer {token}", f"Content-Length: {len(data)}"], data)[0], 401)
        status, _, body = request(relay.port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Content-Type: application/pdf",
                                               f"Authorization: Bearer {lecturer}", "Content-Length: 8"], b"%PDF-bad",
                                  timeout=60)
        equal(status, 422, body)
        ws.close()
        equal(relay.terminate()[0], 0)


# --- members ---

@rows.row
def silent_socket(folder):
    """a WebSocket that says nothing is closed after 5 s; a wrong token and nonsense at once"""
    with Relay(folder) as relay:
        begun = time.monotonic()
        ws = WebSocket(relay.port)
        true(ws.hear_close() is not None, "closed with a code")
        true(time.monotonic() - begun > 4, f"after {time.monotonic() - begun:.1f} s: before it could speak")
        print(f"# closed after {time.monotonic() - begun:.1f} s", flush=True)
        for sentence in ({"kind": "hello", "v": 1, "token": "x" * 20, "agent": "t"}, "nonsense", {"kind": "do"}):
            ws = WebSocket(relay.port)
            ws.say(sentence)
            heard = json.loads(ws.hear())
            equal(heard["kind"], "bye", sentence)
            true(ws.hear_close() is not None, sentence)


@rows.row
def kill_and_return(folder):
    """kill -9 and restart: the seat, the hand and the event numbers are there"""
    with Relay(folder) as relay:
        session = relay.session()
        token = relay.link(session)
        ws, welcome = member(relay, token)
        ws.say({"kind": "do", "id": 1, "verb": "hand-up"})
        done = hear_kind(ws, "done")
        relay.process.kill()
        relay.process.communicate()
        ws.close()
    with Relay(folder) as relay:
        ws, again = member(relay, token, last=done["n"])
        equal((again["kind"], again["you"]), ("welcome", welcome["you"]))
        true(again["n"] > done["n"], again)
        ws.close()
        ws, whole = member(relay, token)
        me = next(p for p in whole["session"]["participants"] if p["id"] == whole["you"])
        equal(me["hand"], True)
        ws.close()


@rows.row
def goodbye(folder):
    """SIGTERM: members hear bye restart, then 1001; exit 0, readers or not"""
    with Relay(folder) as relay:
        session = relay.session()
        sockets = [member(relay, relay.link(session, name=f"P{i}"))[0] for i in range(10)]
        stuck = WebSocket(relay.port, receive_buffer=4096)
        begun = time.monotonic()
        relay.process.send_signal(signal.SIGTERM)
        for ws in sockets:
            bye = hear_kind(ws, "bye")
            equal((bye["why"], bye["again"]), ("restart", True))
            equal(ws.hear_close(), 1001)
            ws.close()
        relay.process.communicate(timeout=PATIENCE_S)
        equal(relay.process.returncode, 0)
        print(f"# ended after {time.monotonic() - begun:.1f} s; it shall be 2", flush=True)
        stuck.close()


@rows.row
def draining(folder):
    """drain ends when the last session is over"""
    with Relay(folder) as relay:
        session = relay.session()
        early = relay.link(session, name="Early")
        late = relay.link(session, name="Late")
        ws, _ = member(relay, early)
        ws.close()
        equal(relay.ask(verb="drain")["ok"], True)
        ws, sentence = member(relay, early)
        equal(sentence["kind"], "welcome", "who was there comes back")
        equal(member(relay, late)[1]["kind"], "bye", "nobody new")
        equal(relay.ask(verb="session-create", title="New", rooms=[], languages=[])["ok"], False)
        status, _, body = get(relay.port, "/healthz")
        equal((status, body), (503, b"draining\n"))
        time.sleep(0.3)
        equal(relay.process.poll(), None)
        equal(relay.ask(verb="end", session=session)["ok"], True)
        relay.process.communicate(timeout=PATIENCE_S)
        equal(relay.process.returncode, 0)


@rows.row
def new_certificate(folder):
    """SIGHUP loads a new certificate; a broken one is refused and said"""
    with Relay(folder) as relay:
        def served():
            with tls(relay.port) as s:
                return s.getpeercert(True)
        first = served()
        good = [open(folder + name).read() for name in ("/tls.crt", "/tls.key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", folder + "/tls.key", "-out", folder + "/tls.crt", "-days", "3", "-subj", "/CN=new"],
                       check=True, capture_output=True)
        relay.process.send_signal(signal.SIGHUP)
        wait_until(lambda: served() != first, "the new certificate is served")
        second = served()
        with open(folder + "/tls.crt", "w") as f:
            f.write("nonsense")
        relay.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "is no certificate" in relay.errors, "the refusal is said")
        equal(served(), second)
        equal(relay.terminate()[0], 0)


@rows.row
def metrics(folder):
    """figures at --metrics; nothing else is answered there, and a silent asker is cut"""
    at = free_address()
    port = int(at.rsplit(":", 1)[1])
    with Relay(folder, *FREE, "--metrics", at) as relay:
        def ask(text):
            with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as s:
                s.sendall(text)
                return read_all(s).decode()
        session = relay.session()
        ws, _ = member(relay, relay.link(session))
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            for _ in range(7):
                s.sendto(b"senseless", ("127.0.0.1", relay.media))
        whole = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
        wait_until(lambda: 'aula_datagrams_in_total{worker="0"} 7\n' in ask(whole), "all datagrams have come")
        text = ask(whole)
        true(text.startswith("HTTP/1.1 200") and text.endswith("# EOF\n"), text)
        for line in ("aula_sessions 1", "aula_members 1", "aula_websockets 1", 'aula_datagrams_in_total{worker="0"} 7',
                     'aula_datagrams_dropped_total{worker="0"} 7'):
            true(line + "\n" in text, f"{line} is not in {text}")
        true(ask(b"GET / HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 404"), "another path")
        equal(ask(b"x" * 5000), "", "a long head")
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(12)]
        for s in silent:
            true(closed_within(s), "a silent asker stays")
            s.close()
        wait_until(lambda: "aula_sessions 1\n" in ask(whole), "it answers afterwards")
        ws.close()
        equal(relay.terminate()[0], 0)


@rows.row
def garbage_datagrams(folder):
    """ten thousand senseless datagrams to the media port"""
    with Relay(folder) as relay:
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            for i in range(10000):
                s.sendto(os.urandom(i % 1600), ("127.0.0.1", relay.media))
        equal(relay.ask(verb="list")["ok"], True)
        equal(relay.terminate()[0], 0)


@rows.row
def service_manager(folder):
    """READY=1 and STOPPING=1 to the service manager; JSON log lines"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(folder + "/notify")
        manager.settimeout(PATIENCE_S)
        relay = Program(AULAD, "--data", folder + "/data", "--log-format", "json", *FREE,
                        NOTIFY_SOCKET=folder + "/notify")
        equal(manager.recv(100), b"READY=1")
        equal(relay.terminate()[0], 0)
        equal(manager.recv(100), b"STOPPING=1")
        for line in relay.errors.splitlines():
            equal(set(json.loads(line)), {"time", "level", "message"})


def in_a_folder(function):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            function(folder)
    run.__doc__ = function.__doc__
    return run


rows.rows = [in_a_folder(function) for function in rows.rows]
sys.exit(rows.run(together=True))
