"""The lecture: who is there, who says what, and when."""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
sys.path[:0] = [os.path.join(ROOT, "tests", "live"), os.path.join(ROOT, "tests", "speech")]
os.environ.setdefault("AULA_BUILD", os.path.join(ROOT, "build"))
os.environ.setdefault("AULA_SPEECH", os.path.join(ROOT, "build", "speech"))

from aula_bench import Relay, speech  # noqa: E402  (the path is set above)
from crowd import Crowd  # noqa: E402

LECTURER, ASKERS = "Ada Brandt", [("Nils Holm", "it"), ("Inès Caron", "fr")]
HALLS = ["Hall A", "Hall B"]
SPEECH_S = 100      # length of one file of speech
PLAYED_MOST = 1000  # times that it is played: more than a day
DAY_S = 86400
PAGE_EVERY_S = 6    # a page turn
QUESTION_S = 9      # how long a trainee speaks
FIRST_QUESTION_S = 8
QUESTION_EVERY_S = 20


class Place:
    """A place that is watched: a participant who records what he hears."""

    def __init__(self, name, participant, voice=None):
        self.name, self.participant, self.voice = name, participant, voice


class Stage:
    """Sets the hall up on a fresh relay, and plays the lecture step by step."""

    def __init__(self, relay, listeners, seconds):
        self.relay, self.listeners, self.seconds = relay, listeners, seconds
        self.session = relay.session("How sound travels in a hall", rooms=HALLS)
        self.deck = relay.deck(self.session, title="How sound travels in a hall")
        self.pages = next(d["pages"] for d in relay.show(self.session)["decks"] if d["id"] == self.deck)
        self.turned = []  # pages, in order
        self.asked = 0
        self.speaker = None  # who has been given the floor
        self.load = None

    def link(self, role, name, room=None):
        return self.relay.link(self.session, role, name, room)

    def guest_links(self):
        """For whoever watches the demo: one of every role."""
        rows = [("chair", "Guest chair", None), ("lecturer", "Guest lecturer", None), ("trainee", "Guest trainee", None),
                ("trainee", "Guest in Hall B", "Hall B"), ("room", "Hall B, second device", "Hall B"),
                ("interpreter", "Guest interpreter", None), ("operator", "Guest operator", None)]
        return [(role if not room or role == "room" else f"{role} in a hall", self.link(role, name, room)) for role, name, room in rows]

    def enter(self):
        """Everyone joins; the lecturer last, so that all hear the first word."""
        join = self.relay.join
        halls = [Place(h, join(self.link("room", h, h), record=True, verb="room")) for h in HALLS]
        self.chair = Place("Mei Tanaka, chair", join(self.link("chair", "Mei Tanaka"), record=True))
        self.askers = [Place(f"{name}, trainee", join(self.link("trainee", name), record=True, payloads=True,
                                                      play=[speech(voice)] * self.repeats(seconds=QUESTION_S * 4)), voice)
                       for name, voice in ASKERS]
        urls = [self.link("trainee", f"Listener {i + 1}") for i in range(self.listeners)]
        self.load = Crowd(urls, os.path.join(self.relay.data, "tls.crt"))
        self.relay.participants.append(self.load)  # it ends with the relay
        self.places = [*halls, self.chair, *self.askers]
        for p in self.places:
            p.participant.await_event("sound-up")
        self.lecturer = Place(f"{LECTURER}, Hall A", join(self.link("lecturer", LECTURER, HALLS[0]), payloads=True,
                                                          play=[speech("en")] * self.repeats(self.seconds or DAY_S)), "en")
        self.began = time.monotonic()

    @staticmethod
    def repeats(seconds):
        return min(PLAYED_MOST, int(seconds // SPEECH_S) + 1)

    def now(self):
        return time.monotonic() - self.began

    # --- the lecture ---

    def play(self, now):
        """What is due at this moment of the lecture."""
        if now >= 1 + PAGE_EVERY_S * len(self.turned) and not self.ending(now, 2):
            self.turn_page()
        start = FIRST_QUESTION_S + QUESTION_EVERY_S * self.asked
        if self.speaker is None and now >= start and not self.ending(now, QUESTION_S + 3):
            self.question_begins()
        elif self.speaker is not None and now >= start + QUESTION_S:
            self.question_ends()

    def ending(self, now, left_s):
        return self.seconds is not None and now > self.seconds - left_s

    def turn_page(self):
        page = len(self.turned) % self.pages + 1
        self.lecturer.participant.say(f"page {page}")
        self.turned.append(page)

    def question_begins(self):
        self.speaker = self.askers[self.asked % len(self.askers)]
        number = self.speaker.participant.number
        self.speaker.participant.say("hand up")
        self.chair.participant.await_event("hand-up", lambda e: e["who"] == number)
        self.chair.participant.say(f"grant {number}")

    def question_ends(self):
        self.chair.participant.say(f"release {self.speaker.participant.number}")
        self.speaker = None
        self.asked += 1
