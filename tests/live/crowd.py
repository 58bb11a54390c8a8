"""The remote listeners who are many: one process of bench/load."""
import json
import os
import subprocess
import tempfile

from aula_bench import PATIENCE_S, program


class Crowd:
    """Joins one listener for each URL, waits until all have sound, and counts what each hears and sees; `flags` as for bench/load."""

    def __init__(self, urls, ca, *flags):
        with tempfile.NamedTemporaryFile("w", suffix=".urls", delete=False) as f:
            f.write("\n".join(urls) + "\n")
        self.count = len(urls)
        self.process = subprocess.Popen([program("load"), "--url-file", f.name, "--ca", ca, "--settle", "0", "--for", "1000000", *flags],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        line = self.process.stderr.readline()
        os.unlink(f.name)
        if f"{len(urls)} of {len(urls)} have sound" not in line:
            raise RuntimeError(f"the listeners did not all join: {line.strip()}")

    def __len__(self):
        return self.count

    def finish(self):
        """Ends it: what each listener heard and saw."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        return json.loads(out)["each"]

    def stop(self, quiet=False):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate(timeout=PATIENCE_S)

    def destroy(self):
        self.stop()
