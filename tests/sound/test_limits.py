#!/usr/bin/python3
"""usage: tests/sound/test_limits.py PROGRAM

Runs test_limits, and judges what a listener heard of each shape of source (ESTOI against what was said). TAP."""
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'speech'))
import quality  # noqa: E402

# The least that may be heard. Passed: as Opus gives it at that rate. Encoded once more: 32 kbit/s after its own.
LEAST = {'20ms': 0.98, '40ms': 0.98, '60ms': 0.98, '20ms-64k': 0.99, '20ms-16k': 0.96, '2.5ms': 0.975, '5ms': 0.975, '10ms': 0.965, '120ms': 0.965,
         '20ms-96k': 0.98, '20ms-stereo': 0.97, '20ms-stereo-160k': 0.98}


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([sys.argv[1], folder], check=False, env={**os.environ, 'CMOCKA_MESSAGE_OUTPUT': 'STDOUT'}, capture_output=True, text=True)
        print(f'1..{1 + len(LEAST)}')
        print('# ' + run.stdout.replace('\n', '\n# '))
        print('# ' + run.stderr.replace('\n', '\n# '))
        print('ok 1 - passed and encoded' if run.returncode == 0 else 'not ok 1 - passed and encoded')
        bad = run.returncode != 0
        for n, (name, least) in enumerate(LEAST.items(), 2):
            said, heard = (np.fromfile(f'{folder}/{name}-{what}.f32', '<f4').astype(float) for what in ('said', 'heard'))
            lag = quality.find_lag(said, heard, 48000)
            length = min(len(said), len(heard) - max(lag, 0))
            score = quality.estoi(quality.lay(said, lag, length), heard[:length], 48000)
            good = score >= least
            bad |= not good
            print(f'{"ok" if good else "not ok"} {n} - {name}: ESTOI {score:.3f}, at least {least}')
    sys.exit(bad)


main()
