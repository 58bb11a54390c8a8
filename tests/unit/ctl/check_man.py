#!/usr/bin/env python3
"""usage: check_man.py PROGRAM MAN-PAGE   A program and its manual page say the same: every command and synopsis of `--help` is in the
page, every option of either is in the other, and the page is without a mistake of markup."""
import os
import re
import shutil
import subprocess
import sys

OPTION = r"(?<![\w-])--[a-z][a-z-]*"


def plain(page):
    with open(page, encoding="utf-8") as f:
        return re.sub(r"\\\(aq", "'", f.read().replace("\\-", "-").replace("\\e", "\\"))


def check(program, page):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    written = plain(page)
    for line in [line.strip() for line in text.splitlines() if re.match(r"^ +aulactl ", line)]:
        example = line.startswith("aulactl ") and line in written
        yield line, example or f".B {line[len('aulactl '):]}\n" in written
    described = re.sub(r"\n\.PP\n((?!\.PP).+\n)*are refused:.*", "", written)  # known, and told why not
    for option in sorted(set(re.findall(OPTION, text)) | set(re.findall(OPTION, described))):
        yield f"{option} is in --help and in {os.path.basename(page)}", option in text and option in described
    yield f"{os.path.basename(page)} has an example", "xample" in text and re.search(r"^\.SH EXAMPLES?$| is an example\.$", written, re.M)
    if shutil.which("groff"):
        said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, check=False).stderr
        yield page + " is well marked up " + said.replace("\n", " "), said == ""


rows = list(check(sys.argv[1], sys.argv[2]))
print(f"1..{len(rows)}")
for number, (what, good) in enumerate(rows, 1):
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
sys.exit(0 if rows and all(good for _, good in rows) else 1)
