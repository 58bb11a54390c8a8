#!/usr/bin/env python3
"""usage: check_man.py AULACTL MAN-PAGE...   Every command, synopsis and example of `aulactl --help` is in its manual page, and the
pages are without a mistake of markup."""
import re
import shutil
import subprocess
import sys

aulactl, pages = sys.argv[1], sys.argv[2:]
text = subprocess.run([aulactl, "--help"], capture_output=True, text=True, check=True).stdout
commands = [line.strip() for line in text.splitlines() if re.match(r"^ +aulactl ", line)]


def plain(page):
    with open(page, encoding="utf-8") as f:
        return re.sub(r"\\\(aq", "'", f.read().replace("\\-", "-").replace("\\e", "\\"))


rows = []
for page in pages:
    if page.endswith("aulactl.1"):
        written = plain(page)
        for line in commands:
            example = line.startswith("aulactl ") and line in written
            rows.append((line, example or f".B {line[len('aulactl '):]}\n" in written))
    if shutil.which("groff"):
        said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, check=False).stderr
        rows.append((page + " is well marked up " + said.replace("\n", " "), said == ""))
print(f"1..{len(rows)}")
for number, (what, good) in enumerate(rows, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
sys.exit(0 if rows and all(good for _, good in rows) else 1)
