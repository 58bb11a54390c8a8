"""Every guard of the web side as a row, against web_echo: usage test_web_guards.py WEB_ECHO"""
import os, socket, ssl, sys, tempfile, threading, time
from guards_lib import *

rows = Rows()
WS_HEAD = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]


def still_serves(port):
    equal(get(port, "/healthz")[0], 200, "health afterwards")


# --- files ---

@rows.row
def page(port):
    """the page, with every security header and no caching"""
    status, headers, body = get(port, "/")
    equal((status, body), (200, b"<p>page</p>"))
    equal(headers["content-type"], "text/html; charset=utf-8")
    equal(headers["cache-control"], "no-cache")
    for name in ("content-security-policy", "strict-transport-security", "cross-origin-opener-policy",
                 "cross-origin-embedder-policy", "referrer-policy"):
        true(name in headers, f"{name} is missing")
    equal(headers["x-content-type-options"], "nosniff")
    true("default-src 'self'" in headers["content-security-policy"], "CSP")
    equal(get(port, "/j/AbC-_.1")[2], b"<p>page</p>", "the join page")


@rows.row
def not_modified(port):
    """304 where the client has it already"""
    tag = get(port, "/app.js")[1]["etag"]
    equal(get(port, "/app.js", f"If-None-Match: {tag}")[0], 304)


@rows.row
def media_types(port):
    """media types that libwebsockets does not know, hashed names immutable, the rest asks again"""
    equal(get(port, "/m.mjs")[1]["content-type"], "text/javascript; charset=utf-8")
    hashed = get(port, "/app.0123abcd.js")[1]
    true("immutable" in hashed["cache-control"], "a hashed name is immutable")
    equal(get(port, "/app.js")[1]["cache-control"], "no-cache")


@rows.row
def compressed(port):
    """the .br or .gz beside a file goes to those who read it, and to nobody else"""
    for accepted, coding, content in (("gzip, br", "br", b"not really br"), ("gzip", "gzip", b"not really gzip"), ("zstd", None, b"app")):
        status, headers, body = get(port, "/app.js", f"Accept-Encoding: {accepted}")
        equal((status, headers.get("content-encoding"), body), (200, coding, content))
        equal(headers["content-type"], "text/javascript; charset=utf-8")
    equal(get(port, "/app.js")[2], b"app")
    equal(get(port, "/m.mjs", "Accept-Encoding: gzip, br")[2], b"m", "where there is none")


@rows.row
def head_request(port):
    """HEAD has no body"""
    with tls(port) as s:
        s.sendall(b"HEAD /app.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = read_all(s)
    true(data.endswith(b"\r\n\r\n") and b" 200 " in data, data)


@rows.row
def decks(port):
    """pages of decks: hashes alone"""
    name = "ab" * 32
    status, headers, body = get(port, f"/d/{name}.webp")
    equal((status, body, headers["content-type"]), (200, b"webp", "image/webp"))
    true("immutable" in headers["cache-control"], "immutable")
    for wrong in (name[:-1] + ".webp", name.upper() + ".webp", name + ".png", name + ".webp/", "x" + name + ".webp",
                  "../tls.key", name + ".json"):
        equal(get(port, f"/d/{wrong}")[0], 404, wrong)


@rows.row
def traversal(port):
    """no path leads out of the folder"""
    for path in ("/../tls.key", "/%2e%2e/tls.key", "/..%2ftls.key", "/%2e%2e%2ftls.key", "/a/../../tls.key",
                 "/.hidden.txt", "/%00index.html", "//etc/passwd", "/d/../../tls.key", "/app.js%00.html",
                 "/..\\tls.key", "/j/../../tls.key", "/%c0%ae%c0%ae/tls.key"):
        status, _, body = get(port, path)
        true(b"PRIVATE" not in body and b"secret" not in body, f"{path} leads out")
        true(status in (0, 400, 403, 404, 405) or body == b"<p>page</p>", f"{path}: {status}")
    still_serves(port)


@rows.row
def keep_alive(port):
    """several requests on one connection, pipelined too"""
    with tls(port) as s:
        for _ in range(3):
            s.sendall(b"GET /app.js HTTP/1.1\r\nHost: x\r\n\r\n")
            equal(read_response(s)[2], b"app")
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = read_all(s)
        true(b"ok\n" in data and b" 404 " in data, data)


# --- requests ---

@rows.row
def methods(port):
    """methods that nothing answers"""
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"):
        status = request(port, [f"{method} / HTTP/1.1", "Host: x", "Connection: close", "Content-Length: 0"])[0]
        true(status in (0, 400, 403, 404, 405, 411), f"{method}: {status}")
    still_serves(port)


@rows.row
def connect(port):
    """CONNECT does not turn the connection raw"""
    with tls(port) as s:
        s.sendall(b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")
        true(closed_within(s), "the connection stays open")
    still_serves(port)


@rows.row
def h2c(port):
    """Upgrade: h2c and unknown upgrades are refused"""
    for upgrade in ("h2c", "foo", "h2c, websocket", "WebSocket2"):
        status = request(port, ["GET / HTTP/1.1", "Host: x", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}",
                                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"])[0]
        true(status in (0, 400, 403), f"{upgrade}: {status}")
    still_serves(port)


@rows.row
def unknown_upgrade_after_keep_alive(port):
    """an unknown upgrade as the second request of a connection"""
    with tls(port) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        equal(read_response(s)[0], 200)
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n")
        true(closed_within(s), "the connection stays open")
    still_serves(port)


@rows.row
def http2(port):
    """ALPN gives http/1.1 only"""
    with tls(port, alpn=["h2", "http/1.1"]) as s:
        equal(s.selected_alpn_protocol(), "http/1.1")


@rows.row
def old_tls(port):
    """TLS 1.1 is refused"""
    try:
        tls(port, version=ssl.TLSVersion.TLSv1_1).close()
    except (ssl.SSLError, OSError, ValueError):
        return
    raise AssertionError("TLS 1.1 was accepted")


@rows.row
def chunked(port):
    """Transfer-Encoding is refused, beside a Content-Length too"""
    for extra in ([], ["Content-Length: 5"]):
        status = request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Authorization: Bearer good",
                                "Transfer-Encoding: chunked", *extra], b"0\r\n\r\n")[0]
        equal(status, 411)
    equal(request(port, ["GET / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"], b"0\r\n\r\n")[0], 411)


@rows.row
def content_length(port):
    """a Content-Length that is no whole number, or is too large"""
    for length, wanted in (("-1", 400), ("5,3", 400), ("+5", 400), ("0x10", 400), ("9" * 20, 400), ("", 411),
                           ("1 1", 400), ("52428801", 413), ("1073741824", 413)):
        status = request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Authorization: Bearer good",
                                "Content-Type: application/pdf", f"Content-Length: {length}"])[0]
        true(status == wanted or (length == "" and status == 400), f"{length!r}: {status}")
    equal(request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x"])[0], 411, "none at all")
    two = request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Content-Length: 5", "Content-Length: 6"])[0]
    equal(two, 400, "two of them")
    equal(request(port, ["GET / HTTP/1.1", "Host: x", "Content-Length: 5"], b"abcde")[0], 400, "GET with a body")


@rows.row
def upload_rights(port):
    """who may upload what"""
    def post(*headers, body=b"%PDF"):
        return request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Connection: close",
                              f"Content-Length: {len(body)}", *headers], body)[0]
    pdf = "Content-Type: application/pdf"
    equal(post(pdf), 401, "no token")
    equal(post(pdf, "Authorization: Bearer wrong"), 401)
    equal(post(pdf, "Authorization: Basic good"), 401)
    equal(post(pdf, "Authorization: Bearer weak"), 403)
    equal(post("Authorization: Bearer good", "Content-Type: text/html"), 415)
    equal(post(pdf, "Authorization: Bearer good", "X-Aula-Title: a%0Ab"), 400)
    equal(post(pdf, "Authorization: Bearer good", "X-Aula-Title: %ff%fe"), 400)
    equal(post(pdf, "Authorization: Bearer good", "X-Aula-Title: %e2%82%ac", body=b"no pdf"), 422)


@rows.row
def refused_body(port):
    """a refused upload is read to its end, so that the answer arrives"""
    body = b"x" * 3_000_000
    status, _, answer = request(port, ["POST /api/v1/decks HTTP/1.1", "Host: x", "Authorization: Bearer wrong",
                                       f"Content-Length: {len(body)}"], body)
    equal(status, 401)
    true(b"error" in answer, answer)


@rows.row
def after_the_body(port):
    """bytes after a body whose answer is not there yet"""
    with tls(port) as s:
        s.sendall(b"POST /api/v1/decks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n"
                  b"Content-Type: application/pdf\r\nContent-Length: 4\r\n\r\n%PDF")
        time.sleep(0.2)
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        true(closed_within(s), "the connection stays open")
    still_serves(port)


@rows.row
def long_head(port):
    """a request head that is too long"""
    for head in (["GET /" + "a" * 9000 + " HTTP/1.1", "Host: x"], ["GET / HTTP/1.1", "Host: x", "X-Long: " + "a" * 9000],
                 ["GET / HTTP/1.1"] + [f"X-{i}: {i}" for i in range(2000)]):
        try:
            status = request(port, head)[0]
        except (ConnectionError, ssl.SSLError, BrokenPipeError):
            status = 0
        true(status in (0, 200, 400, 403, 404, 414, 431), status)
    still_serves(port)


@rows.row
def garbage(port):
    """bytes that are no HTTP, and a plain HTTP request to the TLS port"""
    with tls(port) as s:
        s.sendall(os.urandom(3000))
        closed_within(s)
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        true(closed_within(s), "plain HTTP stays open")
    still_serves(port)


# --- WebSockets ---

def idle():
    """Whether it has done nothing for a while: whatever was said to it has been heard."""
    before = PROGRAM.cpu_seconds()
    time.sleep(0.3)
    return PROGRAM.cpu_seconds() == before


@rows.row
def echo(port):
    """a sentence comes back, in one frame or many, up to 64 KiB"""
    ws = WebSocket(port, origin="https://localhost")
    equal(ws.status, 101)
    for text in ("a", "x" * 125, "y" * 126, "z" * 4096, "\u20ac" * 20000, "w" * 65536):
        ws.say(text)
        equal(ws.hear(), text, "the echo")
    ws.frame(b"ab", final=False)
    ws.frame(b"cd", 0, final=False)
    ws.frame(b"ef", 0)
    equal(ws.hear(), "abcdef")
    ws.close()


@rows.row
def upgrades(port):
    """what must not become a WebSocket"""
    for how, wanted in ((dict(protocol=None), 400), (dict(protocol="http-only"), 400), (dict(protocol="other"), 400),
                        (dict(protocol=""), 400), (dict(path="/"), 404), (dict(path="/wss"), 404),
                        (dict(origin="https://evil.example"), 403), (dict(origin="null"), 403),
                        (dict(origin="http://localhost"), 403), (dict(origin="https://localhost.evil.example"), 403),
                        (dict(origin="https://localhost:99"), 403), (dict(version="8"), 426),
                        (dict(path="/j/good"), 404), (dict(protocol="x" * 200), 400)):
        ws = WebSocket(port, **how)
        equal(ws.status, wanted, str(how))
        ws.close()
    for how in (dict(protocol="other, aula.v1"), dict(origin="https://LOCALHOST"), dict(connection="keep-alive, Upgrade")):
        ws = WebSocket(port, **how)
        equal(ws.status, 101, str(how))
        ws.close()


@rows.row
def post_upgrade(port):
    """POST with Upgrade: websocket"""
    status = request(port, ["POST /ws HTTP/1.1", "Host: x", "Content-Length: 0", *WS_HEAD,
                            "Sec-WebSocket-Protocol: aula.v1"])[0]
    true(status in (0, 404, 405), status)


@rows.row
def no_compression(port):
    """permessage-deflate is not agreed"""
    with tls(port) as s:
        s.sendall(("\r\n".join(["GET /ws HTTP/1.1", "Host: x", *WS_HEAD, "Sec-WebSocket-Protocol: aula.v1",
                                "Sec-WebSocket-Extensions: permessage-deflate"]) + "\r\n\r\n").encode())
        status, headers, _ = read_response(s)
        equal(status, 101)
        true("sec-websocket-extensions" not in headers, headers)


@rows.row
def not_utf8(port):
    """text that is not UTF-8 is closed with 1007, across frames too"""
    ws = WebSocket(port)
    ws.frame(b"abc\xff\xfe")
    equal(ws.hear_close(), 1007)
    ws = WebSocket(port)
    ws.frame(b"abc\xe2\x82", final=False)
    ws.frame(b"abc", 0)
    equal(ws.hear_close(), 1007)


@rows.row
def too_long(port):
    """over 64 KiB: 1009, in one frame or many"""
    ws = WebSocket(port)
    ws.frame(b"x" * 65537)
    equal(ws.hear_close(), 1009)
    ws = WebSocket(port)
    ws.frame(b"x" * 40000, final=False)
    ws.frame(b"x" * 40000, 0)
    equal(ws.hear_close(), 1009)


@rows.row
def claimed(port, program=None):
    """a claimed gigabyte costs nothing"""
    before = PROGRAM.memory_bytes()
    sockets = []
    for _ in range(20):
        ws = WebSocket(port)
        ws.frame(b"x" * 1000, claim=1 << 30)
        sockets.append(ws)
    time.sleep(0.3)
    grown = PROGRAM.memory_bytes() - before
    true(grown < 20_000_000, f"memory grew by {grown} bytes")
    for ws in sockets:
        ws.close()
    still_serves(port)


@rows.row
def binary(port):
    """binary messages are refused with 1003"""
    ws = WebSocket(port)
    ws.frame(b"abc", 2)
    equal(ws.hear_close(), 1003)


@rows.row
def broken_frames(port):
    """frames that break RFC 6455"""
    for frame in (b"\xf1\x85" + b"mask" + b"hello", b"\x83\x85maskhello", b"\x89\xfe\x00\x80mask" + b"p" * 128,
                  b"\x80\x85maskhello", b"\x88\x81maskx", b"\x81\xff" + b"\xff" * 8 + b"mask" + b"x" * 100):
        ws = WebSocket(port)
        ws.s.sendall(frame)
        ws.hear_close()
        ws.close()
    still_serves(port)


@rows.row
def flood_of_sentences(port):
    """too many sentences a second: 1008"""
    ws = WebSocket(port)
    try:
        for _ in range(2000):
            ws.say("drop 0 1")
    except (ConnectionError, ssl.SSLError, BrokenPipeError):
        pass
    code = ws.hear_close()
    true(code in (1008, None), code)
    still_serves(port)


@rows.row
def normal_close(port):
    """the relay's close comes after what it said, with its code"""
    ws = WebSocket(port)
    ws.say("last words")
    ws.say("close")
    equal(ws.hear(), "last words")
    equal(ws.hear(), ("close", 1000))


@rows.row
def slow_reader(port):
    """a reader that stops reading is told and cut; the others do not notice"""
    slow, quick = WebSocket(port, receive_buffer=4096), WebSocket(port)
    before = PROGRAM.memory_bytes()
    slow.say("drop 5000 5000")
    for _ in range(40):
        slow.say("flood 10 30000")
        quick.say("here")
        equal(quick.hear(), "here", "what another hears while this one does not read")
    grown = PROGRAM.memory_bytes() - before
    true(grown < 8_000_000, f"memory grew by {grown} bytes")
    wait_until(idle, "all of it is taken")
    equal(slow.hear()[:1], "x", "what was on its way")
    last = ""
    while not isinstance(heard := slow.hear(), tuple):
        last = heard
    true('"why":"slow"' in last, f"the last words were {last[:80]}")
    equal(heard, ("close", 1008))
    quick.close()


@rows.row
def never_reads_again(port):
    """a reader that never reads again is cut all the same"""
    before = PROGRAM.descriptors()
    slow = WebSocket(port, receive_buffer=4096)
    for _ in range(10):
        slow.say("flood 20 30000")
    wait_until(lambda: PROGRAM.descriptors() <= before, "the connection is gone")
    slow.close()


# --- many ---

@rows.row
def silent_connections(port):
    """a hundred connections that never speak: others get in, and they are cut"""
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    silent += [tls(port) for _ in range(50)]
    equal(get(port, "/healthz")[0], 200, "what another gets meanwhile")
    for s in silent:
        true(closed_within(s), "a silent connection stays open")
        s.close()


@rows.row
def slow_head(port):
    """a head that trickles is cut"""
    with tls(port) as s:
        begun = time.monotonic()
        s.sendall(b"GET / HTTP/1.1\r\n")
        try:
            while time.monotonic() - begun < PATIENCE_S:
                s.sendall(b"X: y\r\n")
                time.sleep(0.5)
        except (ConnectionError, ssl.SSLError, BrokenPipeError):
            return
    raise AssertionError(f"open after {PATIENCE_S} s")


@rows.row
def per_address(port):
    """one address has at most 200 connections; when they are gone it gets in again"""
    wait_until(lambda: PROGRAM.descriptors() <= ALONE, "no other connection is there")
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(230)]
    for s in held[200:]:
        true(closed_within(s), "more than 200 are let in")
    equal([i for i, s in enumerate(held[:200]) if is_closed(s)], [], "refused of the first 200")
    for s in held:
        s.close()
    wait_until(lambda: serves(port), "it serves that address again")


def serves(port):
    try:
        return get(port, "/healthz")[0] == 200
    except OSError:
        return False


def is_closed(s):
    s.setblocking(False)
    try:
        return s.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


SOUND = bytes(i * 7 % 251 for i in range(3000000))
KEY = "0123456789abcdef" * 2


@rows.row
def recording_whole(port):
    """a recording under its key: whole, and its page beside it"""
    status, headers, body = get(port, f"/r/abc1/{KEY}/floor.opus")
    equal((status, body == SOUND), (200, True))
    equal((headers["accept-ranges"], headers["content-type"]), ("bytes", "audio/ogg; codecs=opus"))
    equal(get(port, f"/r/abc1/{KEY}/")[2], b"<p>replay</p>")
    equal(get(port, f"/r/abc1/{KEY}/timeline.jsonl")[2], b"")


@rows.row
def recording_ranges(port):
    """206 with the bytes asked for, 416 behind the end, all of it where the range is none"""
    path = f"/r/abc1/{KEY}/floor.opus"
    for asked, first, last in (("0-", 0, 2999999), ("0-0", 0, 0), ("100000-199999", 100000, 199999), ("2999999-", 2999999, 2999999),
                               ("2999990-9999999", 2999990, 2999999), ("-7", 2999993, 2999999)):
        status, headers, body = get(port, path, f"Range: bytes={asked}")
        equal((status, headers["content-range"]), (206, f"bytes {first}-{last}/3000000"), asked)
        true(body == SOUND[first:last + 1], f"{asked}: other bytes")
    status, headers, body = get(port, path, "Range: bytes=3000000-")
    equal((status, headers["content-range"]), (416, "bytes */3000000"))
    for asked in ("bytes=5-2", "bytes=--5", "bytes=0-1,4-5", "lines=0-1", "bytes=99999999999999999999-"):
        equal(get(port, path, f"Range: {asked}")[0], 200, asked)
    with tls(port) as s:
        s.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    true(answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n") and b"content-length: 3000000" in answer.lower(), "HEAD")


@rows.row
def recording_hidden(port):
    """a wrong key, another session, the key itself, a way out of the folder: nothing there, all alike"""
    for path in (f"/r/abc1/{KEY[:-1]}0/floor.opus", f"/r/abc2/{KEY}/floor.opus", f"/r/abc1/{KEY}/key", "/r/abc1/floor.opus", "/r/abc1/",
                 f"/r/abc1/{KEY}/%2e%2e/key", f"/r/abc1/{KEY}/floor.opus.damaged-1", f"/r/./{KEY}/key", "/r/"):
        true(get(port, path)[0] in (403, 404), path)


@rows.row
def recording_left(port):
    """who hangs up in the midst of a file is no harm"""
    for _ in range(20):
        with tls(port) as s:
            s.sendall(f"GET /r/abc1/{KEY}/floor.opus HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            s.recv(1000)
    still_serves(port)


@rows.row
def goodbye(port):
    """SIGTERM: everyone is told 1001, exit 0, nothing left open"""
    sockets = [WebSocket(port) for _ in range(20)]
    status = {}
    thread = threading.Thread(target=lambda: status.update(end=PROGRAM.terminate()))
    thread.start()
    for ws in sockets:
        equal(ws.hear_close(), 1001)
        ws.close()
    thread.join()
    equal(status["end"][0], 0, f"exit status ({PROGRAM.errors[-2000:]})")
    print(f"# ended after {status['end'][1]:.1f} s", flush=True)


with tempfile.TemporaryDirectory() as folder:
    web, decks_folder = os.path.join(folder, "web"), os.path.join(folder, "decks")
    os.mkdir(web)
    os.mkdir(decks_folder)
    for name, content in (("index.html", "<p>page</p>"), ("app.js", "app"), ("m.mjs", "m"), ("app.0123abcd.js", "h"),
                          (".hidden.txt", "secret")):
        with open(os.path.join(web, name), "w") as f:
            f.write(content)
    for ending, coding in (("gz", "gzip"), ("br", "br")):
        with open(os.path.join(web, f"app.js.{ending}"), "w") as f:
            f.write(f"not really {coding}")
    with open(os.path.join(decks_folder, "ab" * 32 + ".webp"), "w") as f:
        f.write("webp")
    recorded = os.path.join(folder, "recordings", "abc1")
    os.makedirs(recorded)
    os.mkdir(os.path.join(web, "replay"))
    for path, content in ((os.path.join(recorded, "key"), KEY.encode()), (os.path.join(recorded, "floor.opus"), SOUND),
                          (os.path.join(recorded, "timeline.jsonl"), b""), (os.path.join(web, "replay", "index.html"), b"<p>replay</p>")):
        with open(path, "wb") as f:
            f.write(content)
    PROGRAM = Program(sys.argv[1], folder, web)
    ALONE = PROGRAM.descriptors()
    try:
        result = rows.run(int(PROGRAM.line.split()[1]))
    finally:
        if PROGRAM.process.poll() is None:
            PROGRAM.process.kill()
sys.exit(result)
