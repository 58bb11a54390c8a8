#!/usr/bin/env python3
"""Writes name_fold_table.inc: letters of names, and the plain letter by which one looks for each.

From Unicode's own data: compatibility decomposition without marks, then case folding; and letters that have no
decomposition but a usual plain form. Only where one letter of the first plane becomes one such letter."""
import unicodedata

RANGES = ((0xC0, 0x590), (0x600, 0x700), (0x1E00, 0x2000), (0xFF00, 0xFFA0))
PLAIN = {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ħ": "h", "Ħ": "h", "ı": "i", "ŧ": "t", "Ŧ": "t", "ð": "d",
         "Ð": "d", "ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه", "ە": "ه", "ھ": "ه"}
PLAIN.update({chr(zero + n): str(n) for zero in (0x660, 0x6F0) for n in range(10)})  # digits of Arabic and Persian


def fold(c):
    if c in PLAIN:
        return PLAIN[c]
    bare = "".join(x for x in unicodedata.normalize("NFKD", c) if not unicodedata.category(x).startswith("M"))
    bare = "".join(PLAIN.get(x, x) for x in bare)
    return "".join(x for x in unicodedata.normalize("NFKD", bare.casefold()) if not unicodedata.category(x).startswith("M"))


def main():
    pairs = [(c, fold(chr(c))) for low, high in RANGES for c in range(low, high) if unicodedata.category(chr(c))[0] in "LN"]
    pairs = [(c, ord(to)) for c, to in pairs if len(to) == 1 and ord(to) != c and ord(to) < 0x10000]
    print("/* Written by name_fold_table.py: a letter and its plain form, by growing letter. */")
    print("/* clang-format off */")
    rows = [f"{{0x{c:04X}, 0x{to:04X}}}" for c, to in pairs]
    for i in range(0, len(rows), 6):
        print("    " + ", ".join(rows[i:i + 6]) + ("," if i + 6 < len(rows) else ""))
    print("/* clang-format on */")


main()
