"""What everyone heard and saw, measured on the recordings and packets, and whether all of it was right."""
import numpy as np

import quality
from stage import LECTURER, speech

MIXED_ESTOI = 0.965  # against the true sum of the voices
PASSED_ESTOI = 0.98  # one voice, never decoded on the way
ABSENT_DB = -40      # a voice this far below its own level is not there
GAIN_DB = 1.5        # levels are left alone; the codec moves them a little
MARGIN_S = 0.5       # left out at either end of a talk
BREAK_S = 0.5        # packets this far apart belong to two talks
TICK_S = 0.02
WARM_UP_S = 2


class Talk:
    """One stretch of a talker's packets: when it began on this machine's clock, and its sound."""

    def __init__(self, talker, begin, packets, file_s):
        self.name = talker.name.split(",")[0]
        self.talker = talker
        self.begin, self.end = begin, begin + packets * TICK_S
        x, self.rate = quality.read_wav(speech(talker.voice))
        x = np.tile(x, int((file_s + packets * TICK_S) * self.rate / len(x)) + 1)
        self.sound = x[int(file_s * self.rate):int((file_s + packets * TICK_S) * self.rate)]


def joined_at(place):
    """The zero of a participant's clock, on this machine's."""
    welcome = place.participant.of_kind("welcome")[0]
    return welcome["arrived"] - welcome["t"]


def first_talk(talker):
    """What a talker sent until his first break; None where he sent nothing."""
    sent = [p["t"] for p in talker.participant.payloads() if p["dir"] == "out"]
    if not sent:
        return None
    end = next((i for i in range(1, len(sent)) if sent[i] - sent[i - 1] > BREAK_S), len(sent))
    return Talk(talker, joined_at(talker) + sent[0], round((sent[end - 1] - sent[0]) / TICK_S) + 1, 0.0)


class Verdict:
    def __init__(self, stage):
        self.stage = stage
        self.rows, self.all_right = [], True
        self.wavs = {}

    def add(self, who, what, figure, right):
        self.rows.append((who, what, figure, right))
        self.all_right &= bool(right)

    def recording(self, place, begin, end):
        """The part of a recording between two moments."""
        if place.name not in self.wavs:
            self.wavs[place.name] = quality.read_wav(place.participant.wav)
        wav, rate = self.wavs[place.name]
        zero = joined_at(place)
        return wav[max(0, int((begin - zero) * rate)):int((end - zero) * rate)], rate

    def heard(self, place, talks, bar, begin, end):
        wav, rate = self.recording(place, begin + MARGIN_S, end - MARGIN_S)
        _, estoi, gain = quality.score([t.sound for t in talks], wav, rate)
        self.add(place.name, "heard " + " + ".join(t.name for t in talks), f"ESTOI {estoi:.3f}, level {gain:+.1f} dB",
                 estoi >= bar and abs(gain) < GAIN_DB)

    def absent(self, place, talk):
        wav, rate = self.recording(place, talk.begin, talk.end)
        db = quality.absence_db(talk.sound[:len(wav)], wav, rate, 30) if np.any(wav) else -120.0
        self.add(place.name, f"did not hear {talk.name}", f"{db:.0f} dB", db <= ABSENT_DB)

    def saw(self, place):
        pages = [e for e in place.participant.of_kind("page") if e.get("n")]
        shown = [e["page"] for e in pages]
        self.add(place.name, "saw the pages", f"{len(shown)} of {len(self.stage.turned)}", shown == self.stage.turned)

    # --- the whole lecture ---

    def judge(self):
        stage = self.stage
        lecture = first_talk(stage.lecturer)
        questions = [t for t in map(first_talk, stage.askers[:stage.asked]) if t]
        hall_a, hall_b, chair = stage.places[:3]
        first = min([q.begin for q in questions] + [lecture.end])
        for place in (hall_b, chair, *stage.askers):
            self.heard(place, [lecture], PASSED_ESTOI, lecture.begin + WARM_UP_S, first)
        for q in questions:
            for place in (hall_b, chair, *stage.askers):
                if place is not q.talker:
                    self.heard(place, [lecture, q], MIXED_ESTOI, q.begin, q.end)
            self.heard(q.talker, [lecture], PASSED_ESTOI, q.begin, q.end)
            self.absent(q.talker, q)
            self.heard(hall_a, [q], PASSED_ESTOI, q.begin, q.end)
        self.absent(hall_a, lecture)
        if not questions:
            self.add("the trainees", "asked", "no question fitted in: give --for at least 30", False)
        for place in stage.places:
            self.saw(place)

    def crowd(self, people):
        lost = sum(p["lost"] for p in people)
        heard = [p["received"] for p in people]
        self.add(f"{len(people)} listeners", "heard everything", f"{min(heard):,} to {max(heard):,} packets, {lost} lost",
                 lost == 0 and len(people) == self.stage.listeners and min(heard) > 0)
        pages = [p["pages"] for p in people]
        self.add(f"{len(people)} listeners", "saw the pages", f"{min(pages)} to {max(pages)} of {len(self.stage.turned)}",
                 min(pages) == max(pages) == len(self.stage.turned))

    def relay(self, shown):
        """Nothing may be dropped but what came from a talker after his floor was taken."""
        c, refused = shown["counters"], sum(p["refused"] for p in shown["participants"])
        self.add("the relay", "dropped nothing", f"{c['packets_in']:,} packets in, {c['packets_out']:,} out, {c['dropped'] - refused} dropped",
                 c["dropped"] == refused)

    def print(self):
        print(f"\n{LECTURER}'s lecture\n\n{'who':<22} {'what':<36} {'measured':<44} right")
        for who, what, figure, right in self.rows:
            print(f"{who:<22} {what:<36} {figure:<44} {'yes' if right else 'NO'}")
        print("\nAll of it was right." if self.all_right else "\nNot all of it was right: see the rows that say NO.")
