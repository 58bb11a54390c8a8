#!/usr/bin/env python3
"""Writes the PDFs that the deck tests convert into a folder: good ones, and each kind of bad one.

usage: make_pdfs.py FOLDER
"""
import os
import sys
import zlib


def pdf(objects, trailer=b"", info=None):
    """Objects 1, 2, … as bytes (the first is the catalogue) become a file with a right cross-reference table."""
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(data, extra=b""):
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), extra) + packed + b"\nendstream"


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def deck(pages, trailer=b"", extra_objects=(), resources=b""):
    """`pages` are (width, height, content) tuples."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids), FONT]
    for i, (width, height, content) in enumerate(pages):
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
                       b"/Resources << /Font << /F 3 0 R >> %s >> >>" % (width, height, 5 + 2 * i, resources))
        objects.append(stream(content))
    return pdf(objects + list(extra_objects), trailer)


def words(text, x=60, y=400, size=40):
    return b"BT /F %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, text)


def good():
    pages = [(960, 540, b"0.9 0.95 1 rg 0 0 960 540 re f 0 g " + words(b"Sound in a hall, page %d" % n)) for n in (1, 2, 3)]
    info = b"<< /Title (Sound in a hall) >>"
    return deck(pages, trailer=b"/Info %d 0 R" % (4 + 2 * len(pages)), extra_objects=[info])


def encrypted():
    """Says it is encrypted with a password that nobody knows; what is inside does not matter."""
    keys = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"41" * 32, b"42" * 32)
    return deck([(960, 540, words(b"secret"))], extra_objects=[keys],
                trailer=b"/Encrypt 6 0 R /ID [<%s> <%s>]" % (b"00" * 16, b"00" * 16))


def ten_thousand():
    """Ten thousand page objects with one content: 1 MB."""
    count = 10000
    kids = b" ".join(b"%d 0 R" % (5 + i) for i in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 960 540] /Contents 4 0 R /Resources << >> >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), FONT,
                stream(b"0 g 0 0 10 10 re f")] + [page] * count)


def nested_forms(depth=9, wide=12):
    """A form that draws the next one twelve times, and so on: 12 to the ninth rectangles."""
    first = 6
    forms = []
    for level in range(depth):
        last = level == depth - 1
        body = b"0 0 5 5 re f" if last else b"/X Do 1 0 0 1 1 1 cm " * wide
        inner = b"" if last else b"/XObject << /X %d 0 R >>" % (first + level + 1)
        forms.append(stream(body, b"/Type /XObject /Subtype /Form /BBox [0 0 960 540] /Resources << %s >>" % inner))
    return deck([(960, 540, b"/X Do")], resources=b"/XObject << /X %d 0 R >>" % first, extra_objects=forms)


def memory_bomb():
    """Saves the graphics state three million times and never restores it: some KB in the file, GB in memory."""
    return deck([(960, 540, b"q " * 3000000)])


def main(folder):
    os.makedirs(folder, exist_ok=True)
    whole = good()
    files = {
        "good.pdf": whole,
        "untitled.pdf": deck([(540, 960, words(b"upright"))]),
        "encrypted.pdf": encrypted(),
        "ten-thousand.pdf": ten_thousand(),
        "wide.pdf": deck([(960, 540, words(b"one")), (960, 100, words(b"two", y=20))]),
        "huge-box.pdf": deck([(900000000, 900000000, words(b"huge"))]),
        "no-pages.pdf": pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]),
        "truncated.pdf": whole[: len(whole) // 3],
        "headless.pdf": b"%PDF-1.7\n" + os.urandom(3000),
        "nested.pdf": nested_forms(),
        "memory.pdf": memory_bomb(),
        "broken-page.pdf": deck([(960, 540, b"q 1 0 0 q q BT /Nothing 99 Tf ( Tj Do sh 1e99 -7 re W n")]),
        "short.pdf": b"%PD",
        "not.pdf": b"<html><body>These are my slides</body></html>" * 100,
    }
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
