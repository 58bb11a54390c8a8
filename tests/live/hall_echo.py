"""A hall whose loudspeaker is heard by its microphone, and one far away who talks to it: what does he hear of himself, and what of the hall?"""
import os
import sys
import time

import numpy as np

from aula_bench import excerpt, speech

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "speech"))
import quality  # noqa: E402  (the path is set above)

ECHO_DB, ECHO_MS = -10, 120  # of the loudspeaker in the microphone; the buffers of server and aula come to the way
LEARN_S, ALONE_S, BOTH_S = 3, 12, 15
LOUDSPEAKER, MICROPHONE = "Hall loudspeaker", "Hall microphone"


def furnish(server):
    server.sink("loudspeaker", LOUDSPEAKER)
    server.microphone("microphone", MICROPHONE)


def enter(relay, server, session, room, *flags, **options):
    """The hall's machine, its devices open."""
    hall = relay.join(relay.link(session, "room", room, room=room), "--input", MICROPHONE, "--output", LOUDSPEAKER, *flags, verb="room",
                      env=server.environment(), **options)
    for device in ("microphone", "loudspeaker"):
        hall.await_event("device", lambda e, d=device: e["device"] == d and e["state"] == "opened")
    hall.await_event("sound-up")
    return hall


def measure(relay, server, ceiling=False):
    """A lecturer talks for 27 s, after 12 s somebody in the hall too. (by how many dB the echo is lower than in the microphone, ESTOI of
    the hall's voice at the lecturer's while both talk, and where `ceiling` is asked for: of the same voice alone, afterwards)"""
    furnish(server)
    server.echo("loudspeaker", "microphone", ECHO_MS, ECHO_DB)
    session = relay.session("Echo", rooms=["A"])
    enter(relay, server, session, "A")
    voice, near = excerpt(relay.data, "it", 0, ALONE_S + BOTH_S), excerpt(relay.data, "en", 0, BOTH_S)
    far = relay.join(relay.link(session, "lecturer", "Ada"), play=[voice], record=True)
    begun = far.await_event("playing")["t"]
    time.sleep(ALONE_S)
    server.play(near, "air-microphone")
    ended = far.await_event("played", seconds=60)["t"] + 0.5  # and what is on its way
    if ceiling:
        time.sleep(1)
        server.play(near, "air-microphone").wait(60)
        time.sleep(1)
    far.stop()
    heard, rate = quality.read_wav(far.wav)
    said, _ = quality.read_wav(voice)
    alone = slice(int((begun + LEARN_S) * rate), int((begun + ALONE_S) * rate))
    echo_db = quality.level_db(said[int(LEARN_S * rate):int(ALONE_S * rate)]) + ECHO_DB
    down_db = echo_db - max(quality.level_db(heard[alone]), -96)
    whole, _ = quality.read_wav(near)
    both, after = (np.array(heard[int(a * rate):int(b * rate)]) for a, b in ((begun + ALONE_S, ended), (ended, len(heard) / rate)))
    voice_estoi, ceiling_estoi = (quality.score([whole[rate:-rate]], part, rate)[1] if wanted else None for part, wanted in ((both, True), (after, ceiling)))
    return down_db, voice_estoi, ceiling_estoi
