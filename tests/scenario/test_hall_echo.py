#!/usr/bin/python3
"""usage: test_hall_echo.py HALL_ECHO SPEECH-FOLDER

A hall whose loudspeaker is heard by its own microphone, in virtual time, with recorded voices (hall_echo.c): from 3 s after the far voice began the
echo is at least 35 dB below what the microphone hears of it, and while both talk the hall's voice keeps ESTOI 0.9. Where the cards' clocks differ
that holds from 20 s on: so long it takes to learn by how much. Nor does it matter whether the machine is late, or whether the sound server
changes its bursts and its speed when a second one plays, as PulseAudio's null sinks do. The answers are TAP."""
import os
import subprocess
import sys
import tempfile
import wave

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "speech"))
import quality  # noqa: E402  (the path is set above)

TALKS_S = 12  # each: the far voice alone, both
DOWN_DB, ESTOI = 35, 0.9
ROWS = [  # seconds to learn in, far, near, delay ms, gain dB, reverberation s, ppm of the loudspeaker's and the microphone's card,
    # how late the machine is in ms, and a sound server's bursts: earlier by so many ms and fast by so many ppm once somebody speaks
    (3, "it", "en", 120, -10, 0, 0, 0, 0, 0, 0),
    (3, "fr", "it", 120, -10, 0, 0, 0, 0, 0, 0),
    (3, "en", "fr", 300, -10, 0, 0, 0, 0, 0, 0),
    (3, "fr", "en", 60, -10, 0.4, 0, 0, 0, 0, 0),
    (20, "it", "fr", 120, -10, 0, 100, -50, 0, 0, 0),
    (3, "it", "en", 120, -10, 0, 0, 0, 0, -2.6, 110),
    (3, "fr", "it", 120, -10, 0, 0, 0, 5, 4, 110),
    (20, "en", "it", 120, -10, 0.3, -100, 60, 5, -3, 0),
]


def cut(folder, path, seconds):
    """The beginning of a recording, from its first word on."""
    x, rate = quality.read_wav(path)
    begin = int(np.argmax(np.abs(x) > 0.02))
    out = os.path.join(folder, os.path.basename(path))
    with wave.open(out, "wb") as w:
        w.setparams((1, 2, rate, 0, "NONE", ""))
        w.writeframes((x[begin:begin + int(seconds * rate)] * 32767).astype("<i2").tobytes())
    return out


def measure(program, folder, speech, row):
    learn_s, far, near, *numbers = row
    alone_s = learn_s + TALKS_S
    far, near = (cut(folder, os.path.join(speech, f"speech-{v}.wav"), s) for v, s in ((far, alone_s + TALKS_S), (near, TALKS_S)))
    result = os.path.join(folder, "result.raw")
    subprocess.run([program, far, near, str(alone_s), *map(str, numbers), result], check=True)
    _, heard, goes = np.fromfile(result, "<i2").reshape(-1, 3).T / 32768
    said, rate = quality.read_wav(near)
    alone = slice(learn_s * rate, alone_s * rate)
    down = quality.level_db(heard[alone]) - quality.level_db(goes[alone])
    return down, quality.score([said], goes[alone_s * rate:], rate)[1], quality.score([said], heard[alone_s * rate:], rate)[1]


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    failed = 0
    print(f"1..{len(ROWS)}")
    for number, row in enumerate(ROWS, 1):
        with tempfile.TemporaryDirectory() as folder:
            down, estoi, microphone = measure(*sys.argv[1:2], folder, sys.argv[2], row)
        good = down >= DOWN_DB and estoi >= ESTOI
        failed += not good
        learn_s, far, near, delay, gain, room, out_ppm, in_ppm, late, shift, server = row
        print(f"{'' if good else 'not '}ok {number} - {far} far, {near} near, {gain} dB after {delay} ms, reverberation {room} s, cards {out_ppm} and {in_ppm} ppm, "
              f"{late} ms late, bursts {shift} ms, {server} ppm: "
              f"echo {down:.1f} dB down after {learn_s} s, ESTOI {estoi:.3f} (microphone {microphone:.3f})", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
