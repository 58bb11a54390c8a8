"""Somebody who takes a webhook's deliveries on loopback, and looks at each one's head."""
import hashlib
import hmac
import http.server
import json
import os
import ssl
import threading
import time

SECRET = os.urandom(40).hex()


class Receiver:
    """A receiver on loopback. `say` gives the status of each delivery; 0 hangs up without an answer. With `certificate` it speaks TLS."""

    def __init__(self, say=lambda n: 200, certificate=None):
        self.deliveries, self.events, self.wrong, self.paths, self.secret = 0, [], [], [], SECRET
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) < int(self.headers["Content-Length"]):
                    return  # the relay was killed in the midst of it: no delivery
                parts = dict(p.split("=", 1) for p in self.headers["Aula-Signature"].split(","))
                good = hmac.new(receiver.secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
                if parts["v1"] != good or abs(int(parts["t"]) - time.time()) > 60 or self.headers["Content-Type"] != "application/json":
                    receiver.wrong.append(dict(self.headers))
                receiver.deliveries += 1
                receiver.paths.append(self.path)
                status = say(receiver.deliveries)
                if status == 200:
                    receiver.events += json.loads(body)["events"]
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.server.handle_error = lambda *_: None  # a relay that was killed
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.url = f"https://localhost:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kinds(self, session):
        return [e["event"]["kind"] for e in self.events if e["session"] == session]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
