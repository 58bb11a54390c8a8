"""Five halls and many trainees, for the console's test and bench: one hall's microphone will be dead, one trainee's line will lose."""
import os
import random
import time
import wave

from aula_bench import Relay, speech
from crowd import Crowd
from go_between import GoBetween, Sound

NAMED_WITHIN_S = 10 # on a machine that is not busy
LOSS = 0.15
SEED = 11
TALKERS = ("Ada Brandt", "Hall A", "Hall C", "Hall D", "Hall E")  # who are heard: the lecturer, and the halls' own air


def silence(folder):
    path = os.path.join(folder, "dead.wav")
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 48000, 0, "NONE", ""))
        w.writeframes(bytes(2 * 48000 * 30))
    return path


class FiveHalls:
    """`people` in all, those in trouble among them, who come with begin_trouble(). The lecturer speaks all the time."""

    def __init__(self, people, relay=None):
        self.relay = relay or Relay()
        self.people, self.between = people, None

    def __enter__(self):
        self.relay.__enter__()
        rooms = [f"Hall {h}" for h in "ABCDE"]
        self.session = self.relay.session("Five halls", rooms=rooms)
        link = self.relay.link
        urls = [link(self.session, "lecturer", TALKERS[0])] + [link(self.session, "room", hall, hall) for hall in TALKERS[1:]]
        door = self.relay.door()
        trainees = self.people - len(urls) - 2
        urls += [door("link", session=self.session, role="trainee", name=f"Trainee {i}")["url"] for i in range(trainees)]
        self.dead_url, self.nils_url = link(self.session, "room", "Hall B", "Hall B"), link(self.session, "trainee", "Nils Holm")
        self.crowd = Crowd(urls, os.path.join(self.relay.data, "tls.crt"), "--talk", str(len(TALKERS)), *[w for v in ("en", "it", "fr", "es") for w in ("--play", speech(v))])
        return self

    def begin_trouble(self):
        """Hall B's microphone is dead, Nils Holm's line loses 15 % of the sound to and from him. When it began, by the monotonic clock."""
        dice = random.Random(SEED)
        lossy = Sound(self.relay, lambda datagram, up: [] if 128 <= datagram[0] < 192 and dice.random() < LOSS else [datagram])
        self.between = GoBetween(self.relay, sound=lossy)
        self.dead = self.relay.join(self.dead_url, play=[silence(self.relay.data)] * 10)
        self.nils = self.relay.join(self.between.url(self.nils_url))
        return time.monotonic()

    def __exit__(self, *problem):
        if self.between:
            self.between.close()
        self.crowd.destroy()
        self.relay.__exit__(*problem)
