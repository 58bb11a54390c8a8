"""A member who speaks the protocol by hand: sentences alone, no sound. For what `aula` would not say, and for many in one program."""
import json
import time

from guards_lib import PATIENCE_S, WebSocket

CLOSED = {"kind": "closed"}


class Member:
    """`welcome` is the first sentence heard, or the bye. Events are kept in order in `events`, all else in `other`."""

    def __init__(self, relay, url, receive_buffer=None, **hello):
        self.token = url.rsplit("/", 1)[1]
        self.ws = WebSocket(relay.port, receive_buffer=receive_buffer)
        self.events, self.other, self.ids = [], [], 0
        self.say(kind="hello", v=1, token=self.token, agent="test", **hello)
        self.welcome = self.hear()
        self.number = self.welcome.get("you")

    def say(self, **sentence):
        self.ws.say(sentence)

    def do(self, verb, **members):
        """Says a command and does not wait; its number."""
        self.ids += 1
        self.say(kind="do", id=self.ids, verb=verb, **members)
        return self.ids

    def catch_up(self):
        """Hears what has come. Who is left alone for long must: the relay cuts who does not answer its pings."""
        while (said := self.hear(wait=False)) and said["kind"] != "closed":
            pass

    def hear(self, wait=True):
        """The next sentence, kept where it belongs; CLOSED at the end. Without `wait` None where there is none yet."""
        text = self.ws.hear(wait)
        if text is None:
            return None
        if isinstance(text, tuple):
            return {**CLOSED, "code": text[1]}
        sentence = json.loads(text)
        if sentence["kind"] == "events":
            self.events += sentence["events"]
        else:
            self.other.append(sentence)
        return sentence

    def until(self, test, seconds=PATIENCE_S):
        """Hears until test(self) is true; raises where the connection ends or it takes too long."""
        end = time.monotonic() + seconds
        while not (value := test(self)):
            if time.monotonic() > end:
                raise TimeoutError(f"waited {seconds} s; the last were {self.other[-3:]} and {self.events[-3:]}")
            if self.hear()["kind"] == "closed":
                raise ConnectionError(f"closed; the last was {self.other[-1:]}")
        return value

    def answer(self, number, seconds=PATIENCE_S):
        """done or refused of a command."""
        return self.until(lambda m: next((o for o in m.other if o["kind"] in ("done", "refused") and o.get("id") == number), None), seconds)

    def must(self, verb, **members):
        """Does it and returns the event's number."""
        reply = self.answer(self.do(verb, **members))
        if reply["kind"] != "done":
            raise AssertionError(f"{verb} {members}: {reply}")
        return reply["n"]

    def close(self):
        self.ws.close()
