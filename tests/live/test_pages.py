#!/usr/bin/python3
"""Page turns appear everywhere, in order; beside the sound of their moment, which is measured and printed; a late joiner has page and roster."""
import sys
import time

from aula_bench import Relay, speech, until
from guards_lib import Rows, equal, true
from hearing import Ear, first_talk, quality
from member import Member

rows = Rows()
TURNS = (2, 3, 4, 3, 5, 1, 6, 7, 2, 8)
LOOKAHEAD = 312  # samples by which Opus is late: what a packet holds was said so much before it
AROUND_S = 1.0   # of speech on either side of a turn, in which its sound is found


class Slides:
    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("Slides", rooms=["A", "B"])
        self.deck = relay.deck(self.s)
        links = {name: relay.link(self.s, role, name, place) for name, role, place in
                 (("Hall A", "room", "A"), ("Hall B", "room", "B"), ("Ada", "chair", None), ("Bob", "trainee", None), ("Mia", "trainee", "B"))}
        self.viewers = {name: relay.join(url, record=True, payloads=True, verb="room" if name in ("Hall A", "Hall B") else "join")
                        for name, url in links.items()}
        self.quiet = relay.join(relay.link(self.s, "trainee", "Quiet"), "--no-audio")
        self.raw = Member(relay, relay.link(self.s, "trainee", "Raw"))
        for p in self.viewers.values():
            p.await_event("sound-up")
        self.lecturer = relay.join(relay.link(self.s, "lecturer", "Lea"), payloads=True, play=[speech("en")])
        until(lambda: len(self.lecturer.payloads()) > 150, "the lecturer's first words")
        self.turned = []
        for page in TURNS:
            self.lecturer.say(f"page {page}")
            time.sleep(0.7)
        self.everywhere()

    def everywhere(self):
        """All have been shown the last page."""
        last = self.raw.until(lambda m: [e for e in m.events if e["kind"] == "page"][len(TURNS) - 1:])[0]
        for p in [*self.viewers.values(), self.quiet, self.lecturer]:
            p.await_event("page", lambda e: e.get("n") == last["n"])


@rows.row
def in_order(slides):
    """every turn is shown at every place, in order, with the number of its event"""
    told = [(e["n"], e["page"], e["media"]) for e in slides.raw.events if e["kind"] == "page"]
    equal([page for _, page, _ in told], list(TURNS), "turns in the log")
    for name, p in [*slides.viewers.items(), ("Quiet", slides.quiet), ("the lecturer", slides.lecturer)]:
        pages = [e for e in p.of_kind("page") if e.get("n")]
        equal([(e["n"], e["page"], e["media"]) for e in pages], told, f"what {name} was shown")
        shown = [e["shown_t"] for e in pages]
        equal(shown, sorted(shown), f"{name}: the moments")


@rows.row
def session_clock(slides):
    """turns lie on the session clock, in order, and within the lecture's sound"""
    media = [e["media"] for e in slides.raw.events if e["kind"] == "page"]
    equal(media, sorted(media), "session times")
    def heard():
        return [p["media"] for p in slides.viewers["Bob"].payloads() if p["dir"] == "in"]

    until(lambda: (heard()[-1] - media[-1]) % 2 ** 32 < 2 ** 31, "the sound of the last turn at Bob")
    first = heard()[0]
    true(all((m - first) % 2 ** 32 < 2 ** 31 for m in media), f"turns {media} within the sound from {first} on")


@rows.row
def beside_the_sound(slides):
    """when each turn is shown, beside when the sound of its moment is heard there"""
    for p in [slides.lecturer, *slides.viewers.values()]:
        p.stop()
    talk = first_talk("the lecture", slides.lecturer, speech("en"))
    index = {p["sha256"]: i for i, p in enumerate(x for x in slides.lecturer.payloads() if x["dir"] == "out") if i < len(talk.at_s)}
    for name, p in slides.viewers.items():
        ear = Ear(p)
        at = {x["media"]: index[x["sha256"]] for x in p.payloads() if x["dir"] == "in" and x["sha256"] in index}
        late = []
        for e in (e for e in p.of_kind("page") if e.get("n")):
            tick = e["media"] % 2 ** 32 // 960 * 960
            if tick in at:
                late.append(1000 * (e["shown_t"] - heard_at(ear, talk, int(talk.at_s[at[tick]] * talk.rate) + e["media"] % 960 - LOOKAHEAD)))
        if name != "Mia":  # a companion in a hall is shown pages at once: the hall's loudspeaker is what is heard
            print(f"# {name}: shown {min(late):+.0f} to {max(late):+.0f} ms beside the sound, {len(late)} turns", flush=True)
        true(len(late) >= len(TURNS) - 1, f"{name}: of {len(late)} turns the sound is known")


def heard_at(ear, talk, sample):
    """When that sample of the lecture was heard, in seconds of the recording."""
    half = int(AROUND_S * ear.rate)
    ref = talk.sound[max(0, sample - half):sample + half]
    around = talk.begin - ear.zero + sample / ear.rate
    begin = max(0, int((around - AROUND_S - 1) * ear.rate))
    wav = ear.wav[begin:int((around + AROUND_S + 2) * ear.rate)]
    return (begin + quality.find_lag(ref, wav, ear.rate) + min(sample, half)) / ear.rate


@rows.row
def late_joiner(slides):
    """a late joiner has the page, the deck and the roster in his welcome, and shows the page at once"""
    late = Member(slides.relay, slides.relay.link(slides.s, "trainee", "Late")).welcome["session"]
    equal((late["page"]["page"], late["page"]["deck"]), (TURNS[-1], slides.deck), "page")
    equal([d["id"] for d in late["decks"]], [slides.deck], "decks")
    shown = slides.relay.show(slides.s)["participants"]
    equal(sorted((p["id"], p["name"], p["role"], p["place"]) for p in late["participants"]),
          sorted((p["id"], p["name"], p["role"], p["place"]) for p in shown), "roster")
    native = slides.relay.join(slides.relay.link(slides.s, "trainee", "Later"), "--no-audio")
    equal(native.await_event("page")["page"], TURNS[-1], "the page of a native late joiner")


@rows.row
def refused_turns(slides):
    """a page that is not there, a deck that is not there, and a trainee's turn are refused, and nobody sees them"""
    lecturer = Member(slides.relay, slides.relay.link(slides.s, "lecturer", "Zoe"))
    trainee = Member(slides.relay, slides.relay.link(slides.s, "trainee", "Tom"))
    for who, deck, page, part in ((lecturer, slides.deck, 300, "does not have so many"), (lecturer, "nothing", 1, "no such deck"),
                                  (trainee, slides.deck, 1, "Only a chair or a lecturer")):
        reply = who.answer(who.do("page", deck=deck, page=page))
        true(reply["kind"] == "refused" and part in reply["why"], f"the reply is {reply}")
    equal(slides.relay.show(slides.s)["page"]["page"], TURNS[-1], "page")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Slides(the_relay))
    sys.exit(status)
