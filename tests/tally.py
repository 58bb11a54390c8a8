#!/usr/bin/env python3
"""usage: tests/tally.py LOG.json...

Counts what meson's test logs hold and prints "PASSED FAILED SKIPPED". A TAP test counts its rows; any other test, and one that
crashed, ran out of time or said less than it planned, counts as one. Failed tests are shown on standard error with the end of what
they said."""
import json
import re
import sys

ROW = re.compile(r"^(not )?ok\b(.*)$", re.M)
SHOWN_CHARACTERS = 6000


def rows_of(text):
    passed = failed = skipped = 0
    for bad, rest in ROW.findall(text):
        if re.search(r"#\s*skip", rest, re.I):
            skipped += 1
        elif bad:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count(test):
    good, skip = test["result"] in ("OK", "EXPECTEDFAIL"), test["result"] == "SKIP"
    passed, failed, skipped = rows_of(test.get("stdout") or "")
    if passed + failed + skipped == 0:
        return (1, 0, 0) if good else (0, 0, 1) if skip else (0, 1, 0)
    if not good and not skip and failed == 0:
        failed = 1
    return passed, failed, skipped


def show(test):
    said = ((test.get("stdout") or "") + (test.get("stderr") or ""))[-SHOWN_CHARACTERS:]
    print(f"\n--- {test['name']}: {test['result']} after {test.get('duration', 0):.1f} s\n{said}", file=sys.stderr)


def main(logs):
    total = [0, 0, 0]
    for log in logs:
        with open(log, encoding="utf-8", errors="replace") as f:
            for line in f:
                test = json.loads(line)
                counts = count(test)
                if counts[1]:
                    show(test)
                total = [a + b for a, b in zip(total, counts)]
    print(*total)


if __name__ == "__main__":
    main(sys.argv[1:])
