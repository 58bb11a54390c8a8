"""Stands between a participant and the relay: alters what the relay says, and lets its datagrams be seen, kept and sent again.

A client that believes an altered sentence (it has the floor, it was never muted) is a hostile client: the relay sees it do what it
must not. The certificate is the relay's own, so nothing at the client differs. Python's standard library alone."""
import os
import re
import select
import selectors
import socket
import ssl
import struct
import threading

CANDIDATE = re.compile(r"(candidate:\S+ 1 \S+ \d+ )(\S+) (\d+)( typ host)")


class GoBetween:
    """`alter(text)` gives the sentence that the client is to read instead, or None where it is to read nothing. Closing is
    kept from the client while `deaf` is true."""

    def __init__(self, relay, alter=lambda text: text, sound=None):
        self.relay, self.alter, self.sound = relay, alter, sound
        self.deaf = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(relay.data, "tls.crt"), os.path.join(relay.data, "tls.key"))
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, url):
        """A join URL, by way of us."""
        return url.replace(f":{self.relay.port}/", f":{self.port}/")

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(raw,), daemon=True).start()

    def _carry(self, raw):
        """One thread for both ways: a TLS connection may not be read and written at once."""
        context = ssl.create_default_context(cafile=os.path.join(self.relay.data, "tls.crt"))
        try:
            with self.context.wrap_socket(raw, server_side=True) as client, \
                    context.wrap_socket(socket.create_connection(("127.0.0.1", self.relay.port)), server_hostname="127.0.0.1") as relay:
                self._both_ways(client, relay)
        except OSError:  # either has gone
            pass

    def _both_ways(self, client, relay):
        answers = Frames()
        while True:
            select.select([client, relay], [], [])
            said, answered = read(client), read(relay)
            if said:
                relay.sendall(said)
            if answered:
                client.sendall(b"".join(self._altered(first, text) for first, text in answers.split(answered)))
            if said == b"" or (answered == b"" and not self.deaf):
                return
            if answered == b"":
                self._no_answers(client)
                return

    @staticmethod
    def _no_answers(client):
        """The relay has closed and the client must not know: until he goes."""
        while read(client) != b"":
            select.select([client], [], [])

    def _altered(self, first, text):
        if first is None:
            return text  # the head
        if first & 15 == 1:
            text = self._heard(text.decode())
            if text is None:
                return b""
            text = text.encode()
        elif first & 15 == 8 and self.deaf:
            return b""
        return frame(first, text)

    def _heard(self, text):
        if self.sound is not None:
            text = CANDIDATE.sub(lambda m: f"{m[1]}127.0.0.1 {self.sound.port}{m[4]}", text)
        return self.alter(text)


def read(s):
    """What is there: b"" where the other side has closed, None where nothing is there now."""
    s.setblocking(False)
    try:
        data = s.recv(1 << 20)
        while s.pending():
            data += s.recv(1 << 20)
        return data
    except ssl.SSLWantReadError:
        return None
    except OSError:
        return b""
    finally:
        s.setblocking(True)


class Frames:
    """The relay's bytes cut into the HTTP head, (None, head), and frames, (first byte, payload), which it never masks and never splits."""

    def __init__(self):
        self.buffer, self.head = b"", True

    def split(self, data):
        self.buffer += data
        while self.buffer:
            if self.head:
                end = self.buffer.find(b"\r\n\r\n") + 4
                if end == 3:
                    return
                self.head = False
                yield None, self.buffer[:end]
            else:
                start, end = self.borders()
                if end > len(self.buffer):
                    return
                yield self.buffer[0], self.buffer[start:end]
            self.buffer = self.buffer[end:]

    def borders(self):
        """Of the first frame's payload."""
        if len(self.buffer) < 10 and (len(self.buffer) < 2 or self.buffer[1] >= 126):
            return 0, len(self.buffer) + 1
        length, start = self.buffer[1], 2
        if length == 126:
            length, start = struct.unpack("!H", self.buffer[2:4])[0], 4
        elif length == 127:
            length, start = struct.unpack("!Q", self.buffer[2:10])[0], 10
        return start, start + length


def frame(first, text):
    if len(text) < 126:
        return bytes([first, len(text)]) + text
    if len(text) < 65536:
        return bytes([first, 126]) + struct.pack("!H", len(text)) + text
    return bytes([first, 127]) + struct.pack("!Q", len(text)) + text


class Sound:
    """The path of the datagrams of one participant. `tamper(datagram, up)` gives the list of datagrams that go on."""

    def __init__(self, relay, tamper=lambda datagram, up: [datagram]):
        self.tamper, self.relay_at = tamper, ("127.0.0.1", relay.media_port)
        self.near, self.far = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
        self.near.bind(("127.0.0.1", 0))
        self.far.bind(("127.0.0.1", 0))
        self.port = self.near.getsockname()[1]
        self.client_at = None
        self.seen = []  # what the client sent, in order
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self):
        ready = selectors.DefaultSelector()
        for s in (self.near, self.far):
            ready.register(s, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                try:
                    self._one(key.fileobj)
                except OSError:
                    return

    def _one(self, s):
        datagram, at = s.recvfrom(2048)
        up = s is self.near
        if up:
            self.client_at = at
            self.seen.append(datagram)
        for d in self.tamper(datagram, up):
            if up:
                self.far.sendto(d, self.relay_at)
            else:
                self.near.sendto(d, self.client_at)
