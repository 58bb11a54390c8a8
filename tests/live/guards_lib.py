"""Raw HTTPS and WebSocket clients for the live tests, and rows that print TAP. Python's standard library alone."""
import base64, concurrent.futures, json, os, select, signal, socket, ssl, struct, subprocess, sys, tempfile, time

PATIENCE_S = 60  # for what must come: a loaded machine under a sanitizer is slow


class Rows:
    """Each test is a numbered row; one that raises has failed, the rest go on."""

    def __init__(self):
        self.rows, self.failed = [], 0

    def row(self, function):
        self.rows.append(function)
        return function

    def run(self, *arguments, together=False):
        """`together`: all at once, for rows that share nothing and mostly wait."""
        print(f"1..{len(self.rows)}", flush=True)
        if together:
            with concurrent.futures.ThreadPoolExecutor(len(self.rows)) as pool:
                results = pool.map(lambda function: self.one(function, arguments), self.rows)
        else:
            results = (self.one(function, arguments) for function in self.rows)
        for number, (good, said) in enumerate(results, 1):
            self.failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - {said}", flush=True)
        return 1 if self.failed else 0

    @staticmethod
    def one(function, arguments):
        name = (function.__doc__ or function.__name__).strip().replace("#", "no. ")
        begun = time.monotonic()
        try:
            function(*arguments)
            return True, f"{name} ({time.monotonic() - begun:.1f} s)"
        except Exception as problem:  # a failed row must not hide the others
            return False, f"{name}\n# {type(problem).__name__}: {problem}"


def equal(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what} is {got!r}, not {wanted!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def tls(port, timeout=PATIENCE_S, alpn=None, version=None, host="127.0.0.1"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(alpn)
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context.wrap_socket(socket.create_connection((host, port), timeout), server_hostname="localhost")


def read_all(s, limit=1 << 22):
    """Whatever comes until the other side closes."""
    data = b""
    try:
        while len(data) < limit:
            piece = s.recv(65536)
            if not piece:
                break
            data += piece
    except (ConnectionError, ssl.SSLError, OSError) as problem:
        if isinstance(problem, TimeoutError):
            raise
    return data


def read_response(s):
    """One response: status, headers (lower case), body by Content-Length. Status 0: closed without one."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            piece = s.recv(65536)
            if not piece:
                return 0, {}, data
            data += piece
    except (ConnectionError, ssl.SSLError):
        return 0, {}, data
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        piece = s.recv(65536)
        if not piece:
            break
        body += piece
    return int(lines[0].split()[1]), headers, body


def request(port, head, body=b"", **how):
    """Sends a raw request (lines, without the last empty one) on a connection of its own."""
    with tls(port, **how) as s:
        s.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)
        return read_response(s)


def get(port, path, *headers):
    return request(port, [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers])


def wait_until(condition, what, seconds=PATIENCE_S, step=0.02):
    """Waits until condition() is true; raises where that takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        true(time.monotonic() < end, f"waited {seconds} s for: {what}")
        time.sleep(step)


def closed_within(s, seconds=PATIENCE_S):
    """True where the other side closes within the time."""
    s.settimeout(seconds)
    try:
        while s.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except (ConnectionError, ssl.SSLError, OSError):
        return True


class WebSocket:
    """Just enough of RFC 6455, and as many ways to do it wrong as the tests need."""

    def __init__(self, port, path="/ws", protocol="aula.v1", origin=None, host="localhost", extra=(), timeout=PATIENCE_S,
                 version="13", receive_buffer=None, connection="Upgrade"):
        if receive_buffer:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            raw.settimeout(timeout)
            raw.connect(("127.0.0.1", port))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.s = context.wrap_socket(raw)
        else:
            self.s = tls(port, timeout)
        head = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", f"Connection: {connection}",
                f"Sec-WebSocket-Version: {version}",
                "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(), *extra]
        if protocol is not None:
            head.append(f"Sec-WebSocket-Protocol: {protocol}")
        if origin is not None:
            head.append(f"Origin: {origin}")
        self.s.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                piece = self.s.recv(4096)
            except (ConnectionError, ssl.SSLError):
                piece = b""
            if not piece:
                break
            data += piece
        self.status = int(data.split()[1]) if data else 0
        self.buffer = data.split(b"\r\n\r\n", 1)[1] if b"\r\n\r\n" in data else b""

    def frame(self, payload, opcode=1, final=True, claim=None):
        length = len(payload) if claim is None else claim
        head = bytes([(0x80 if final else 0) | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", length)
        mask = os.urandom(4)
        pad = (mask * (len(payload) // 4 + 1))[:len(payload)]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(payload), "big")
        self.s.sendall(head + mask + masked)

    def say(self, sentence):
        self.frame((sentence if isinstance(sentence, str) else json.dumps(sentence)).encode())

    def need(self, n):
        while len(self.buffer) < n:
            piece = self.s.recv(65536)
            if not piece:
                raise EOFError("closed")
            self.buffer += piece
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def waiting(self):
        """Whether something has come that was not read."""
        return bool(self.buffer or self.s.pending() or select.select([self.s], [], [], 0)[0])

    def hear(self, wait=True):
        """The next text message, or ("close", code), or ("cut", None); without `wait` None where nothing more has come."""
        try:
            while wait or self.waiting():
                first, second = self.need(2)
                length = second & 127
                if length == 126:
                    length, = struct.unpack("!H", self.need(2))
                elif length == 127:
                    length, = struct.unpack("!Q", self.need(8))
                payload = self.need(length)
                if first & 15 == 8:
                    return "close", struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
                if first & 15 == 9:
                    self.frame(payload, 10)
                elif first & 15 in (1, 2):
                    return payload.decode()
        except (EOFError, ConnectionError, ssl.SSLError):
            return "cut", None

    def hear_close(self):
        """Reads on to the close; its code, None where it was cut."""
        while True:
            heard = self.hear()
            if isinstance(heard, tuple):
                return heard[1]

    def close(self):
        self.s.close()


class Program:
    """A server under test; `line` is its first line on standard output. What it says on standard error goes to a file: a pipe that nobody
    empties would stop it."""

    def __init__(self, *command, **environment):
        self.error_file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.error_file, text=True,
                                        env={**os.environ, **environment})
        self.line = self.process.stdout.readline().strip()
        if not self.line:
            self.process.wait(PATIENCE_S)
            raise AssertionError(f"{command[0]} did not start: {self.errors}")

    @property
    def errors(self):
        """What it has said so far."""
        return os.pread(self.error_file.fileno(), 1 << 22, 0).decode(errors="replace")

    def terminate(self, seconds=PATIENCE_S):
        """SIGTERM; returns exit status and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=seconds)
        return self.process.returncode, time.monotonic() - begun

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self):
        return int(open(f"/proc/{self.process.pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
