"""A PulseAudio of one's own, in a folder of its own: nobody else's sound is in it, and nobody else hears ours.

    with SoundServer() as server:
        server.sink("loudspeaker", "Hall loudspeaker")
        server.microphone("microphone", "Hall microphone")     its sound is what is played into the sink "air-microphone"
        relay.join(url, "--input", "Hall microphone", env=server.environment())
        server.play("speech.wav", "air-microphone")

Debian's pulseaudio and pulseaudio-utils."""
import os
import shutil
import subprocess
import tempfile

from aula_bench import environment, until

RATE = 48000


class SoundServer:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="aula-pulse-")
        self.socket = os.path.join(self.folder, "native")
        self.log_path = os.path.join(self.folder, "log")
        self.process, self.modules, self.players = None, {}, []

    def environment(self):
        """What a program needs to find this server and no other."""
        leaks = os.path.join(os.path.dirname(os.path.abspath(__file__)), "leaks_elsewhere.txt")
        return {**environment(), "LSAN_OPTIONS": f"suppressions={leaks}:print_suppressions=0", "HOME": self.folder, "PULSE_RUNTIME_PATH": os.path.join(self.folder, "run"),
                "PULSE_SERVER": "unix:" + self.socket, "XDG_RUNTIME_DIR": self.folder, "SDL_AUDIODRIVER": "pulseaudio"}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        for player in self.players:
            if player.poll() is None:
                player.kill()
                player.wait()
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- its life ---

    def start(self):
        os.makedirs(os.path.join(self.folder, "run"), exist_ok=True)
        command = ["pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no",
                   "-L", f"module-native-protocol-unix socket={self.socket} auth-anonymous=1"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment())
        until(lambda: os.path.exists(self.socket) and self.pactl("info", check=False)[0] == 0, "PulseAudio")

    def kill(self):
        """Everything in it is gone, as after a crash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        self.modules.clear()
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def pactl(self, *words, check=True):
        done = subprocess.run(["pactl", *words], capture_output=True, env=self.environment(), timeout=60, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"pactl {words}: {done.stderr.decode()}")
        return done.returncode, done.stdout.decode().strip()

    # --- what is in it ---

    def load(self, key, *words):
        self.modules[key] = self.pactl("load-module", *words)[1]

    def remove(self, key):
        """A device is pulled out."""
        self.pactl("unload-module", self.modules.pop(key))

    def sink(self, name, description):
        self.load(name, "module-null-sink", f"sink_name={name}", f"rate={RATE}", "channels=1", f"sink_properties='device.description=\"{description}\"'")

    def microphone(self, name, description):
        self.sink("air-" + name, "The air before " + description)
        self.plug_in(name, description)

    def plug_in(self, name, description):
        """The microphone that hears this air."""
        self.load(name, "module-remap-source", f"source_name={name}", f"master=air-{name}.monitor",
                  f"source_properties='device.description=\"{description}\"'")

    def echo(self, loudspeaker, microphone, delay_ms, volume_db):
        """What the loudspeaker plays is heard by the microphone. The way never changes its length."""
        self.load("echo", "module-loopback", f"source={loudspeaker}.monitor", f"sink=air-{microphone}", f"latency_msec={delay_ms}", "adjust_time=0",
                  "source_dont_move=true", "sink_dont_move=true")
        listed = self.pactl("list", "short", "sink-inputs")[1].split("\n")
        self.pactl("set-sink-input-volume", listed[-1].split()[0], f"{volume_db}dB")

    # --- sound ---

    def play(self, path, sink):
        """Begins to play a file; returns the process."""
        self.players.append(subprocess.Popen(["paplay", "--latency-msec=100", "--device=" + sink, path], env=self.environment()))
        return self.players[-1]

    def record(self, source, path):
        """Begins to record; stop it by terminate() and wait()."""
        self.players.append(subprocess.Popen(["parecord", "--rate=48000", "--channels=1", "--format=s16le", "--file-format=wav", "--latency-msec=50",
                                              "--device=" + source, path], env=self.environment()))
        return self.players[-1]
