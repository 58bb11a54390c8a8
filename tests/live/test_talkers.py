#!/usr/bin/python3
"""Three talkers whose peaks stand at -3 dBFS: nothing clips, and the relay encodes once for each talker and once for all who listen."""
import os
import sys

import numpy as np

from aula_bench import Relay, endless, until
from crowd import Crowd
from guards_lib import Rows, equal, true
from hearing import quality

rows = Rows()
VOICES = ("en-loud", "it-loud", "fr-loud")
SPAN_S = 6
CLIPPED = 32766 / 32768
REAL_TIME = os.environ.get("AULA_SANITIZE", "none") == "none"  # a sanitized build may be slower


class Panel:
    """Three chairs who talk at once, and one who records what listeners hear."""

    def __init__(self, relay):
        self.relay, self.s = relay, relay.session("Three talkers")
        self.listener = relay.join(relay.link(self.s, "trainee", "Bob"), record=True, payloads=True)
        self.listener.await_event("sound-up")
        self.talkers = [relay.join(relay.link(self.s, "chair", f"Chair {v}"), record=True, play=endless(v)) for v in VOICES]
        until(lambda: sum(p["audible"] for p in relay.show(self.s)["participants"]) == 3, "three audible talkers")
        self.crowds, self.dropped_before = [], self.dropped()

    def dropped(self):
        """Packets that the relay has dropped, and of these those that came when their time was over."""
        shown = self.relay.show(self.s)
        return shown["counters"]["dropped"], sum(p["late"] for p in shown["participants"])

    def more_listeners(self, count):
        urls = [self.relay.link(self.s, "trainee", f"Listener {len(self.crowds)}-{i}") for i in range(count)]
        crowd = Crowd(urls, os.path.join(self.relay.data, "tls.crt"))
        self.relay.participants.append(crowd)
        self.crowds.append(crowd)

    def span(self):
        """Frames that the relay decoded of each talker, encodes, and packets out, over SPAN_S of speech."""
        before = self.relay.show(self.s)["counters"]
        wanted = before["decodes"] + 3 * 50 * SPAN_S
        after = until(lambda: (c := self.relay.show(self.s)["counters"])["decodes"] >= wanted and c, "the talk", 120, step=0.2)
        return (after["decodes"] - before["decodes"]) / 3, after["encodes"] - before["encodes"], after["packets_out"] - before["packets_out"]


@rows.row
def encodes(panel):
    """encodes a frame are four: three talkers and one audience, with 6 listeners and with 31"""
    out = []
    for more in (5, 25):
        panel.more_listeners(more)
        frames, encoded, packets = panel.span()
        out.append(packets / frames)
        print(f"# {encoded / frames:.3f} encodes a frame with {sum(map(len, panel.crowds)) + 1} listeners, {packets / frames:.1f} packets a frame",
              flush=True)
        true(abs(encoded / frames - 4) < 0.1, f"{encoded / frames:.3f} encodes a frame")
    true(out[0] > 8 and out[1] > 30, f"packets a frame are {out}: to everyone")


@rows.row
def all_named(panel):
    """each packet that a listener receives names all three"""
    numbers = {t.number for t in panel.talkers}
    packets = [p for p in panel.listener.payloads() if p["dir"] == "in"]
    full = sum(set(p["csrc"]) == numbers for p in packets[-250:])
    true(full >= 200, f"of the last 250 packets {full} name all three")


@rows.row
def nothing_lost(panel):
    """every listener received everything, and the relay dropped nothing"""
    for crowd in panel.crowds:
        for p in crowd.finish():
            equal((p["lost"], p["duplicate"]), (0, 0), f"lost and twice at {p['number']}")
            true(p["received"] > 0, f"{p['number']} hears")
    dropped, late = (now - before for now, before in zip(panel.dropped(), panel.dropped_before))
    print(f"# {late} packets came when their time was over, as where this machine stands still", flush=True)
    equal(dropped - late, 0, "dropped for another reason")


@rows.row
def no_clipping(panel):
    """no sample clips in what a listener or a talker hears"""
    for p in [panel.listener, *panel.talkers]:
        p.stop()
        wav, _ = quality.read_wav(p.wav)
        peak = np.abs(wav).max()
        print(f"# number {p.number}: peak {20 * np.log10(peak):.2f} dBFS, level {quality.level_db(wav):.1f} dB", flush=True)
        if REAL_TIME:  # else what stands in for packets that came too late is in it
            true(0.25 < peak < CLIPPED, f"number {p.number}: the peak is {peak:.5f}")


if __name__ == "__main__":
    with Relay() as the_relay:
        status = rows.run(Panel(the_relay))
    sys.exit(status)
