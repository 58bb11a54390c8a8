"""The live picture: what each place hears and sees, redrawn twice a second; on a pipe, a line now and then."""
import os
import sys

import numpy as np

BARS = " ▁▂▃▄▅▆▇█"
TAIL_SAMPLES = 4800  # 100 ms of what was heard last
WAV_HEADER = 44
QUIET_DB, LOUD_DB = -60, -12


def level_bar(path, width=12):
    """A bar of the loudness of the last 100 ms in a WAV file that is being written."""
    try:
        with open(path, "rb") as f:
            size = f.seek(0, os.SEEK_END)
            f.seek(max(WAV_HEADER, (size - 2 * TAIL_SAMPLES) // 2 * 2))
            pcm = np.frombuffer(f.read() or b"", "<i2")
    except OSError:
        pcm = np.zeros(0)
    rms = np.sqrt(np.mean(np.square(pcm / 32768.0))) if len(pcm) else 0
    db = 20 * np.log10(rms + 1e-9)
    eighths = int(np.clip((db - QUIET_DB) / (LOUD_DB - QUIET_DB), 0, 1) * width * 8)
    return (BARS[8] * (eighths // 8) + BARS[eighths % 8]).ljust(width)[:width]


class Watch:
    def __init__(self, stage, links):
        self.stage, self.links = stage, links
        self.screen = sys.stdout.isatty()
        if self.screen:
            sys.stdout.write("\x1b[2J")
        self.drawn_s = -10

    def people(self):
        """Number → (name, place), as the chair sees them."""
        people = {}
        for e in self.stage.chair.participant.of_kind("welcome"):
            people.update((p["id"], (p["name"], p["place"])) for p in e.get("session", {}).get("participants", []))
        for e in self.stage.chair.participant.of_kind("joined"):
            people[e["who"]] = (e["name"], e["place"])
        return people

    def speaking(self):
        told = self.stage.chair.participant.of_kind("speaking")
        return told[-1]["who"] if told else []

    def row(self, place, people, speaking):
        me = place.participant.number
        own = people.get(me, ("", "remote"))[1]
        heard = [people[w][0] for w in speaking if w in people and w != me and (own == "remote" or people[w][1] != own)]
        shown = place.participant.of_kind("page")
        page = str(shown[-1]["page"]) if shown else "–"
        return f"  {place.name:<22} {level_bar(place.participant.wav)}  page {page:>2}  {', '.join(heard) or 'silence'}"

    def lines(self, now):
        stage = self.stage
        people, speaking = self.people(), self.speaking()
        counters = stage.relay.show(stage.session)["counters"]
        out = [f"aula · How sound travels in a hall · {int(now) // 60:02}:{int(now) % 60:02}", ""]
        out += [f"  {stage.lecturer.name:<22} {'speaking':<12}  page {stage.turned[-1] if stage.turned else '–':>2}"]
        out += [self.row(p, people, speaking) for p in stage.places]
        out += [f"  {stage.listeners} remote listeners    {counters['packets_out']:,} packets sent, {counters['dropped']} dropped, "
                f"{counters['encodes']:,} encodes", ""]
        return out

    def show(self, now):
        every = 0.5 if self.screen else 5
        if now - self.drawn_s < every:
            return
        self.drawn_s = now
        lines = self.lines(now)
        if self.screen:
            ends = [f"  {role:<18} {url}" for role, url in self.links]
            sys.stdout.write("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in [*lines, "Join it yourself (a browser, or `aula join`):", *ends, "",
                                                                                 "Ctrl-C ends it."]) + "\x1b[J")
        else:
            sys.stdout.write("\n".join(lines))
            sys.stdout.write("\n")
        sys.stdout.flush()
