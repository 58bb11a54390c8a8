"""aulactl on a terminal of its own: what an operator would see there. Needs pyte, the terminal in memory (python3-pyte).

    with Terminal(["--data", relay.data, "console"], 80, 24) as seen:
        seen.shows("Hall B")
        seen.press("q")
"""
import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time

import pyte

from aula_bench import PATIENCE_S, environment, program
from guards_lib import true

UP, DOWN, PAGE_DOWN, HOME, END, ESCAPE, ENTER = "\x1b[A", "\x1b[B", "\x1b[6~", "\x1b[1~", "\x1b[4~", "\x1b", "\r"


class Terminal:
    """`screen` is what stands there now, `raw` all bytes that came. A thread reads, so that the program is never held up."""

    def __init__(self, words, width=80, height=24, wrapper=(), **more):
        self.near, far = pty.openpty()
        self.size(width, height)
        self.screen, self.raw, self.lock = pyte.Screen(width, height), b"", threading.Lock()
        self.stream = pyte.ByteStream(self.screen)
        # pyte does what a Linux console does.
        self.process = subprocess.Popen([*wrapper, program("aulactl"), *words], stdin=far, stdout=far, stderr=far, start_new_session=True,
                                        env={**environment(), "TERM": "linux", "LANG": "C.UTF-8", **more})
        os.close(far)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while True:
            try:
                piece = os.read(self.near, 1 << 16)
            except OSError:  # the program has gone
                return
            with self.lock:
                self.raw += piece
                self.stream.feed(piece)

    def size(self, width, height):
        fcntl.ioctl(self.near, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width, height):
        with self.lock:
            self.screen.resize(height, width)
        self.size(width, height)
        os.kill(self.process.pid, signal.SIGWINCH)

    def press(self, keys):
        os.write(self.near, keys.encode())

    def lines(self):
        with self.lock:
            return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def line(self, words):
        """The first line that holds the words; "" where there is none."""
        return next((line for line in self.lines() if words in line), "")

    def until(self, test, what, seconds=PATIENCE_S):
        """Waits until test(text) of what stands there is true, and returns it."""
        end = time.monotonic() + seconds
        while not (found := test(self.text())):
            true(time.monotonic() < end, f"no {what} within {seconds} s, but\n{self.text()}")
            time.sleep(0.05)
        return found

    def shows(self, words, seconds=PATIENCE_S):
        self.until(lambda text: words in text, repr(words), seconds)

    def lacks(self, words, seconds=PATIENCE_S):
        self.until(lambda text: words not in text, f"screen without {words!r}", seconds)

    def leave(self):
        """q, and its exit status."""
        self.press("q")
        return self.process.wait(PATIENCE_S)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE_S)
        os.close(self.near)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
