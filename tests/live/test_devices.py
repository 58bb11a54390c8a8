#!/usr/bin/python3
"""aula with sound devices: a PulseAudio of its own (sound_server.py), into whose microphones is played and whose loudspeakers are recorded.
Figures of sound are for reading and have wide bounds here, for on a busy machine PulseAudio itself stumbles, and every stumble moves the echo's
way; tests/scenario/hall_echo holds the echo canceller to its figures in virtual time, and bench/echo measures it here."""
import os
import pty
import struct
import fcntl
import subprocess
import sys
import tempfile
import termios
import time

import hall_echo
from aula_bench import PATIENCE_S, Relay, complain_of, environment, excerpt, program, until
from guards_lib import Rows, equal, true
from hall_echo import LOUDSPEAKER, MICROPHONE, quality
from sound_server import SoundServer

rows = Rows()
SANITIZED = os.environ.get("AULA_SANITIZE", "none") != "none"
HEARD_ESTOI = 0.0 if SANITIZED else 0.7  # a voice is there, whatever stumbled
NOBODY = {"PULSE_SERVER": "unix:/nonexistent", "SDL_AUDIODRIVER": "pulseaudio"}


def heard(path, reference):
    """ESTOI of a recording against what was said."""
    x, rate = quality.read_wav(path)
    said, _ = quality.read_wav(reference)
    return quality.score([said[rate // 2:-rate // 2]], x, rate)[1]


def state(participant, device, wanted, after=0):
    return participant.await_event("device", lambda e: e["device"] == device and e["state"] == wanted, after=after)


def says(participant, part):
    until(lambda: part.encode() in participant.errors(), f"the sentence {part!r}, it says {participant.errors()[-600:]}")


@rows.row
def listed(_relay):
    """aula devices: names, the default ones, and what there is where there is nothing"""
    with SoundServer() as server:
        hall_echo.furnish(server)
        done = subprocess.run([program("aula"), "devices"], capture_output=True, env=server.environment(), timeout=PATIENCE_S, check=False)
        complain_of(done.stderr, "aula")
        equal((done.returncode, done.stderr), (0, b""))
        lines = done.stdout.decode().split("\n")
        true("PulseAudio" in lines[0], lines)
        true(any(line.startswith("  " + MICROPHONE) for line in lines) and any(line.startswith("  " + LOUDSPEAKER) for line in lines), lines)
        true(lines.index("Microphones:") < lines.index("Loudspeakers:") and sum("(default)" in line for line in lines) == 2, lines)
    done = subprocess.run([program("aula"), "devices"], capture_output=True, env={**environment(), **NOBODY}, timeout=PATIENCE_S, check=False)
    complain_of(done.stderr, "aula")
    true(done.returncode == 0 and b"no sound system" in done.stdout and done.stdout.count(b"none") == 2, done.stdout)


@rows.row
def speaks_and_hears(relay):
    """what is said into a microphone is heard by the other, and what the other says comes out of the loudspeaker"""
    with SoundServer() as server:
        hall_echo.furnish(server)
        s = relay.session("Devices")
        en, it = excerpt(relay.data, "en", 20, 26), excerpt(relay.data, "it", 20, 26)
        wav = os.path.join(relay.data, "loudspeaker.wav")
        here = relay.join(relay.link(s, "lecturer", "Here"), "--input", "hall micro", "--output", LOUDSPEAKER, env=server.environment())
        state(here, "microphone", "opened"), state(here, "loudspeaker", "opened"), here.await_event("sound-up")
        says(here, f'the microphone is "{MICROPHONE}"')
        there = relay.join(relay.link(s, "lecturer", "There"), record=True)
        server.play(en, "air-microphone").wait(PATIENCE_S)
        recorder = server.record("loudspeaker.monitor", wav)
        there.stop()
        third = relay.join(relay.link(s, "lecturer", "Third"), play=[it])
        third.await_event("played")
        time.sleep(1)
        recorder.terminate()
        recorder.wait()
        out, back = heard(there.wav, en), heard(wav, it)
        print(f"# ESTOI of the microphone's voice {out:.3f}, of the loudspeaker's {back:.3f}")
        true(out > HEARD_ESTOI and back > HEARD_ESTOI, f"{out:.3f}, {back:.3f}")


@rows.row
def goes_and_comes(relay):
    """a device that is pulled out, and a sound server that dies: the session goes on, it is said, and they are used again"""
    with SoundServer() as server:
        hall_echo.furnish(server)
        s = relay.session("Unplugged", rooms=["A"])
        hall = hall_echo.enter(relay, server, s, "A")
        n = len(hall.events)
        server.remove("microphone")
        state(hall, "microphone", "lost", n)
        says(hall, f'"{MICROPHONE}" has gone; nothing is sent until it comes back')
        server.plug_in("microphone", MICROPHONE)
        state(hall, "microphone", "opened", n)
        server.remove("loudspeaker")
        state(hall, "loudspeaker", "lost", n)
        server.sink("loudspeaker", LOUDSPEAKER)
        state(hall, "loudspeaker", "opened", n)
        n = len(hall.events)
        server.kill()
        state(hall, "microphone", "lost", n), state(hall, "loudspeaker", "lost", n)
        server.start()
        hall_echo.furnish(server)
        state(hall, "microphone", "opened", n), state(hall, "loudspeaker", "opened", n)
        equal([e["kind"] for e in hall.events if e["kind"] in ("lost", "sound-lost", "over")], [], "what the session noticed")
        there = relay.join(relay.link(s, "lecturer", "There"), record=True)
        en = excerpt(relay.data, "en", 20, 28)
        server.play(en, "air-microphone").wait(PATIENCE_S)
        there.stop()
        estoi = heard(there.wav, en)
        print(f"# ESTOI after all that {estoi:.3f}")
        true(estoi > HEARD_ESTOI, f"{estoi:.3f}")


@rows.row
def nothing_there(relay):
    """no sound system, a name that nobody has, a name that two have: it is said, and the session goes on"""
    s = relay.session("Silent", rooms=["A"])
    hall = relay.join(relay.link(s, "room", "A", room="A"), verb="room", env={**environment(), **NOBODY})
    state(hall, "microphone", "missing"), state(hall, "loudspeaker", "missing")
    says(hall, 'the microphone "default" is not there')
    hall.await_event("sound-up")
    hall.stop()
    with SoundServer() as server:
        hall_echo.furnish(server)
        one = relay.join(relay.link(s, "lecturer", "One"), "--input", "Nowhere", "--output", "h", env=server.environment())
        says(one, f'the microphone "Nowhere" is not there: there are: "{MICROPHONE}"; nothing is sent until it comes')
        says(one, 'the loudspeaker "h" is not there: several have that in their name')
        server.microphone("late", "Nowhere else")
        state(one, "microphone", "opened")
        silent = relay.join(relay.link(s, "room", "B", room="A"), "--input", "none", "--output", "none", verb="room", env=server.environment())
        script = relay.join(relay.link(s, "lecturer", "Script"), env=server.environment())
        time.sleep(0.5)
        equal(silent.of_kind("device") + script.of_kind("device"), [], "devices of who wants none")


@rows.row
def echo(relay):
    """a hall's people are heard while its loudspeaker talks, and that is softer than in the microphone"""
    with SoundServer() as server:
        down_db, estoi, _ = hall_echo.measure(relay, server)
    print(f"# echo {down_db:.1f} dB down after {hall_echo.LEARN_S} s, ESTOI while both talk {estoi:.3f}")
    true(estoi > HEARD_ESTOI / 2 and down_db > 0, f"echo {down_db:.1f} dB down, ESTOI {estoi:.3f}")


@rows.row
def meter(relay):
    """the level meter: in a terminal's last line, which is given back; no byte of it where standard error is no terminal"""
    with SoundServer() as server:
        hall_echo.furnish(server)
        url = relay.link(relay.session("Meter"), "lecturer", "Ada")
        command = [program("aula"), "join", url, "--ca", os.path.join(relay.data, "tls.crt"), "--input", MICROPHONE, "--output", LOUDSPEAKER,
                   "--events", "-", "--for", "1.5"]
        for terminal in (True, False):
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
            with tempfile.TemporaryFile() as errors:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs if terminal else errors,
                                           env={**server.environment(), "TERM": "xterm"})
                os.close(theirs)
                shown = b""
                while terminal:
                    try:
                        shown += os.read(ours, 65536)
                    except OSError:
                        break
                events = process.stdout.read()
                status = process.wait(PATIENCE_S)
                errors.seek(0)
                shown += errors.read()
            complain_of(shown, "aula")
            os.close(ours)
            equal(status, 0, f"exit status, it says {shown[-300:]}")
            true(b"\033" not in events and b"welcome" in events, "events are as ever")
            if terminal:
                true(b"mic [" in shown and b"out [" in shown and b"\033[1;23r" in shown and shown.rstrip().endswith(b"\033[r\0338"), shown[-300:])
            else:
                true(b"\033" not in shown and b"mic [" not in shown, shown)


if __name__ == "__main__":
    with Relay() as the_relay:
        sys.exit(rows.run(the_relay))
