#!/usr/bin/env python3
"""The floor is kept at the relay: a client that believes it has the floor whatever it is told sends, and is not heard."""
import json
import sys

from aula_bench import Relay, endless, until
from go_between import GoBetween
from guards_lib import Rows, equal, true

rows = Rows()
NEVER_TOLD = ("released", "muted", "muted-all", "removed", "state")  # what the hostile client does not read


def believes(text):
    """The sentence as the hostile client reads it: he has the floor and is never told that it is gone."""
    sentence = json.loads(text)
    if sentence["kind"] == "bye":
        return None
    for person in sentence.get("session", {}).get("participants", []):
        person["floor"] = person["floor"] or person["name"] == "Mallory"
    for event in sentence.get("events", []):
        if event["kind"] in NEVER_TOLD:
            event["kind"] = "passed-over"
    return json.dumps(sentence)


class Hall:
    """A chair, a listener, and Mallory, who plays speech without end and believes what suits him."""

    def __init__(self, relay, title):
        self.relay, self.s = relay, relay.session(title)
        self.chair = relay.join(relay.link(self.s, "chair", "Ada"), "--no-audio")
        self.listener = relay.join(relay.link(self.s, "trainee", "Bob"), payloads=True)
        self.listener.await_event("sound-up")
        between = GoBetween(relay, believes)
        between.deaf = True
        self.mallory = relay.join(between.url(relay.link(self.s, "trainee", "Mallory")), payloads=True, play=endless("en"))
        self.mallory.await_event("sound-up")
        self.mallory.await_event("playing")

    def sent(self):
        return sum(p["dir"] == "out" for p in self.mallory.payloads())

    def received(self):
        return [p for p in self.listener.payloads() if p["dir"] == "in"]

    def heard(self):
        return [p for p in self.received() if self.mallory.number in p["csrc"]]

    def refused(self):
        """Packets of his that the relay has let not in."""
        return self.relay.person(self.s, "Mallory")["refused"]

    def sends_on(self, packets=100):
        """Until he has sent so many more, and the listener has whatever the relay has sent him of it."""
        more = self.sent() + packets
        until(lambda: self.sent() >= more, f"{packets} packets of Mallory's")
        until(lambda: len(self.received()) == self.relay.person(self.s, "Bob")["packets_out"], "what the relay has sent the listener")

    def silenced(self, how, there=True):
        """Nothing that he sends from now on is heard. While he is there, the relay counts what it does not let in."""
        if there:
            until(lambda: self.refused() > self.refused_before, f"he is {how} at the relay")
        self.sends_on(10)
        before = len(self.heard())
        true(before > 0, f"he was heard before he was {how}")
        self.sends_on()
        equal(len(self.heard()), before, f"packets heard of who is {how}")

    def grant(self):
        self.relay.ctl("grant", "--session", self.s, "--participant", self.mallory.number)
        self.mallory.await_event("granted")
        until(lambda: len(self.heard()) > 20, "his sound after the grant")
        self.refused_before = self.refused()


@rows.row
def never_granted(relay):
    """who never had the floor is not heard, whatever he sends; a grant gives him sound, and none of what he said before"""
    hall = Hall(relay, "Never granted")
    hall.sends_on(150)
    equal(hall.heard(), [], "what is heard of him")
    equal(hall.received(), [], "what is heard at all")
    equal(relay.person(hall.s, "Mallory")["audible"], False, "audible")
    until(lambda: relay.person(hall.s, "Mallory")["packets_in"] == 0, "that none of his packets entered")
    unheard = [p["sha256"] for p in hall.mallory.payloads()]
    until(lambda: hall.refused() >= len(unheard), "that all of them have come to the relay")
    hall.grant()
    true(not set(unheard) & {p["sha256"] for p in hall.heard()}, "what he said without the floor stays unheard")


@rows.row
def muted(relay):
    """muted by a chair"""
    hall = Hall(relay, "Muted")
    hall.grant()
    relay.ctl("mute", "--session", hall.s, "--participant", hall.mallory.number)
    hall.silenced("muted")
    relay.ctl("release", "--session", hall.s, "--participant", hall.mallory.number)
    relay.ctl("grant", "--session", hall.s, "--participant", hall.mallory.number)
    hall.sends_on(20)
    equal(relay.person(hall.s, "Mallory")["audible"], False, "granted again, still muted: audible")


@rows.row
def muted_with_all(relay):
    """muted with everyone else"""
    hall = Hall(relay, "Muted all")
    hall.grant()
    relay.ctl("mute-all", "--session", hall.s)
    hall.silenced("muted with all")


@rows.row
def released(relay):
    """the floor taken back by a chair, and given again"""
    hall = Hall(relay, "Released")
    hall.grant()
    hall.chair.say(f"release {hall.mallory.number}")
    hall.chair.await_event("released")
    hall.silenced("released")
    before = len(hall.heard())
    hall.chair.say(f"grant {hall.mallory.number}")
    until(lambda: len(hall.heard()) > before + 20, "his sound after the second grant")


@rows.row
def removed(relay):
    """removed: he does not read it, and sends on"""
    hall = Hall(relay, "Removed")
    hall.grant()
    relay.ctl("remove", "--session", hall.s, "--participant", hall.mallory.number)
    hall.chair.await_event("removed")
    hall.silenced("removed", there=False)


@rows.row
def closed_again(relay):
    """a session that ended hears nobody"""
    hall = Hall(relay, "Ended")
    hall.grant()
    relay.ctl("end", "--session", hall.s)
    equal(hall.listener.wait(), 0, "the listener's exit status")
    heard, more = len(hall.heard()), hall.sent() + 100
    until(lambda: hall.sent() >= more, "what he sends after the end")
    equal(len(hall.heard()), heard, "what is heard of it")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(the_relay, together=True)
    sys.exit(status)
