"""What a participant said and what another heard of it, laid over each other by this machine's clock and measured (tests/speech/quality.py)."""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "speech"))
import quality  # noqa: E402  (the path is set above)

MIXED_ESTOI = 0.965  # against the true sum of the voices
PASSED_ESTOI = 0.98  # one voice, never decoded on the way
ABSENT_DB = -40      # a voice this far below its own level is not there
ABSENT_S = 30        # of speech must be looked at to tell so
GAIN_DB = 1.5        # levels are left alone; the codec moves them a little
MARGIN_S = 0.5       # left out at either end of a talk
BREAK_S = 0.5        # packets this far apart belong to two talks
TICK_S = 0.02


def joined_at(participant):
    """The zero of a participant's clock, on this machine's."""
    welcome = participant.of_kind("welcome")[0]
    return welcome["arrived"] - welcome["t"]


class Talk:
    """One stretch of a talker's packets: when it began on this machine's clock, and its sound, the beginning of the files he played."""

    def __init__(self, name, begin, packets, path):
        self.name, self.begin, self.end = name, begin, begin + packets * TICK_S
        x, self.rate = quality.read_wav(path)
        length = int(packets * TICK_S * self.rate)
        self.sound = np.tile(x, length // len(x) + 1)[:length]


def first_talk(name, participant, path):
    """What a participant sent until the first break; None where nothing was sent."""
    sent = [p["t"] for p in participant.payloads() if p["dir"] == "out"]
    if not sent:
        return None
    end = next((i for i in range(1, len(sent)) if sent[i] - sent[i - 1] > BREAK_S), len(sent))
    return Talk(name, joined_at(participant) + sent[0], round((sent[end - 1] - sent[0]) / TICK_S) + 1, path)


class Ear:
    """A participant's recording, whole: he has stopped."""

    def __init__(self, participant):
        self.wav, self.rate = quality.read_wav(participant.wav)
        self.zero = joined_at(participant)

    def part(self, begin, end):
        """The part between two moments of this machine's clock."""
        return self.wav[max(0, int((begin - self.zero) * self.rate)):int((end - self.zero) * self.rate)]

    def heard(self, talks, begin, end):
        """ESTOI against the sum of the talks, and the level against theirs in dB."""
        return quality.score([t.sound for t in talks], self.part(begin + MARGIN_S, end - MARGIN_S), self.rate)[1:]

    def absence(self, talk, end=None):
        """How far below its own level a talk lies in what was heard while it went on, in dB."""
        wav = self.part(talk.begin, end or talk.end)
        return quality.absence_db(talk.sound[:len(wav)], wav, self.rate, ABSENT_S) if np.any(wav) else -120.0
