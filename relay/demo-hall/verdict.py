"""What everyone heard and saw, measured on the recordings and packets, and whether all of it was right."""
from hearing import ABSENT_DB, GAIN_DB, MIXED_ESTOI, PASSED_ESTOI, Ear, first_talk
from stage import LECTURER, speech

WARM_UP_S = 2


def talk_of(talker):
    return first_talk(talker.name.split(",")[0], talker.participant, speech(talker.voice))


class Verdict:
    def __init__(self, stage):
        self.stage = stage
        self.rows, self.all_right = [], True
        self.ears = {}

    def add(self, who, what, figure, right):
        self.rows.append((who, what, figure, right))
        self.all_right &= bool(right)

    def ear(self, place):
        if place.name not in self.ears:
            self.ears[place.name] = Ear(place.participant)
        return self.ears[place.name]

    def heard(self, place, talks, bar, begin, end):
        estoi, gain = self.ear(place).heard(talks, begin, end)
        self.add(place.name, "heard " + " + ".join(t.name for t in talks), f"ESTOI {estoi:.3f}, level {gain:+.1f} dB",
                 estoi >= bar and abs(gain) < GAIN_DB)

    def absent(self, place, talk):
        db = self.ear(place).absence(talk)
        self.add(place.name, f"did not hear {talk.name}", f"{db:.0f} dB", db <= ABSENT_DB)

    def saw(self, place):
        pages = [e for e in place.participant.of_kind("page") if e.get("n")]
        shown = [e["page"] for e in pages]
        self.add(place.name, "saw the pages", f"{len(shown)} of {len(self.stage.turned)}", shown == self.stage.turned)

    # --- the whole lecture ---

    def judge(self):
        stage = self.stage
        lecture = talk_of(stage.lecturer)
        asked = [(place, talk_of(place)) for place in stage.askers[:stage.asked]]
        questions = [(place, talk) for place, talk in asked if talk]
        hall_a, hall_b, chair = stage.places[:3]
        first = min([q.begin for _, q in questions] + [lecture.end])
        for place in (hall_b, chair, *stage.askers):
            self.heard(place, [lecture], PASSED_ESTOI, lecture.begin + WARM_UP_S, first)
        for asker, q in questions:
            for place in (hall_b, chair, *stage.askers):
                if place is not asker:
                    self.heard(place, [lecture, q], MIXED_ESTOI, q.begin, q.end)
            self.heard(asker, [lecture], PASSED_ESTOI, q.begin, q.end)
            self.absent(asker, q)
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
