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
PART_S = 2           # of what was heard is measured at once
AROUND_S = 2         # by so much what was heard may be later
TICK_S = 0.02
RTP_RATE = 48000


def joined_at(participant):
    """The zero of a participant's clock, on this machine's: by the one of his events that was read the soonest after it happened."""
    with participant.changed:
        return min(e["arrived"] - e["t"] for e in participant.events if e["t"] > 0 or e["kind"] == "welcome")


class Talk:
    """One stretch of a talker's packets: when it began on this machine's clock, as the most punctual of them tell, and its sound: the files he
    played, a packet's length after the other, each where its packet lies (where his program stood still there is nothing for a while, and all
    comes later)."""

    def __init__(self, name, zero, packets, path):
        x, self.rate = quality.read_wav(path)
        at_s = [(p["rtp"] - packets[0]["rtp"]) % 2 ** 32 / RTP_RATE for p in packets]
        self.at_s = at_s  # of each packet
        self.name, self.begin = name, zero + min(p["t"] - at for p, at in zip(packets, at_s))
        self.end = self.begin + at_s[-1] + TICK_S
        tick = round(TICK_S * self.rate)
        said = np.resize(x, len(packets) * tick)
        self.sound = np.zeros(round(at_s[-1] * self.rate) + tick)
        for i, at in enumerate(at_s):
            self.sound[round(at * self.rate):][:tick] = said[i * tick:(i + 1) * tick]


    def part(self, begin, end):
        """Its sound between two moments of this machine's clock."""
        return self.sound[max(0, int((begin - self.begin) * self.rate)):max(0, int((end - self.begin) * self.rate))]


def first_talk(name, participant, path):
    """What a participant sent until the first break; None where nothing was sent."""
    sent = [p for p in participant.payloads() if p["dir"] == "out"]
    if not sent:
        return None
    end = next((i for i in range(1, len(sent)) if (sent[i]["rtp"] - sent[i - 1]["rtp"]) % 2 ** 32 > BREAK_S * RTP_RATE), len(sent))
    return Talk(name, joined_at(participant), sent[:end], path)


class Ear:
    """A participant's recording, whole: he has stopped."""

    def __init__(self, participant):
        self.wav, self.rate = quality.read_wav(participant.wav)
        self.zero = joined_at(participant)

    def part(self, begin, end):
        """The part between two moments of this machine's clock."""
        return self.wav[max(0, int((begin - self.zero) * self.rate)):int((end - self.zero) * self.rate)]

    def heard(self, talks, begin, end):
        """ESTOI against the sum of the talks, and the level against theirs in dB: the medians of its parts, so that a moment in which this machine
        stood still spoils one part and not all."""
        begin, end = begin + MARGIN_S, end - MARGIN_S
        count = max(1, int((end - begin) / PART_S))
        edges = np.linspace(begin, end, count + 1)
        found = [quality.score([t.part(a - AROUND_S, b + AROUND_S) for t in talks], self.part(a, b), self.rate)[1:] for a, b in zip(edges, edges[1:])]
        return tuple(float(np.median(x)) for x in zip(*found))

    def absence(self, talk, end=None):
        """How far below its own level a talk lies in what was heard while it went on, in dB."""
        wav = self.part(talk.begin, end or talk.end)
        return quality.absence_db(talk.sound[:len(wav)], wav, self.rate, ABSENT_S) if np.any(wav) else -120.0
