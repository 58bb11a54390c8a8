#!/usr/bin/env python3
"""Writes the hand-made seeds of proto/wire's fuzz targets into corpus/. Run once; the files are in the tree."""
import json
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent


def seed(target, name, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def stun(kind, attributes, length=None, fingerprint=True):
    body = b"".join(struct.pack("!HH", t, len(v)) + v + bytes(-len(v) % 4) for t, v in attributes)
    total = len(body) + (8 if fingerprint else 0) if length is None else length
    message = struct.pack("!HHI", kind, total, 0x2112A442) + bytes(range(12)) + body
    if fingerprint:
        message += struct.pack("!HHI", 0x8028, 4, zlib.crc32(message) ^ 0x5354554E)
    return message


def rtp(first, second, rest=b"", payload=b"\x78\x01\x02\x03"):
    return struct.pack("!BBHII", first, second, 4711, 960000, 0x12345678) + rest + payload


def rtcp(count, kind, body, version=2):
    return struct.pack("!BBH", version << 6 | count, kind, len(body) // 4) + body


TAG = (0x0008, bytes(20))
REQUEST = [(0x0006, b"abcd:wxyz1"), (0x0024, struct.pack("!I", 1853824767)), (0x802A, bytes(8)), (0x0025, b"")]
seed("stun", "request", stun(0x0001, REQUEST + [TAG]))
seed("stun", "request-unknown", stun(0x0001, REQUEST + [(0x7777, b"?"), (0xC057, b"....")]))
seed("stun", "controlled", stun(0x0001, REQUEST[:2] + [(0x8029, bytes(8)), TAG]))
seed("stun", "success-v4", stun(0x0101, [(0x0020, bytes.fromhex("0001a147e112a643")), TAG]))
seed("stun", "success-v6", stun(0x0101, [(0x0020, bytes.fromhex("0002a147") + bytes(16)), TAG]))
seed("stun", "error-487", stun(0x0111, [(0x0009, b"\0\0\4\x57Role Conflict"), (0x000A, b"\x77\x77")]))
seed("stun", "indication", stun(0x0011, []))
seed("stun", "short", stun(0x0001, REQUEST)[:27])
seed("stun", "length-lies", stun(0x0001, REQUEST, length=8))
seed("stun", "attribute-too-long", stun(0x0001, [])[:20] + b"\0\6\xff\xff")

BLOCK = struct.pack("!IIIIII", 1, 0x0A000002, 65536, 3, 4, 5)
SENDER = struct.pack("!IQIII", 7, 0xE000000080000000, 48000, 50, 4000)
seed("rtp", "plain", rtp(0x80, 111))
seed("rtp", "csrcs", rtp(0x83, 0x80 | 111, struct.pack("!III", 7, 9, 11)))
seed("rtp", "level-one-byte", rtp(0x90, 111, b"\xbe\xde\0\2\x10\xb0\x41\x30\x31\0\0\0"))
seed("rtp", "level-two-byte", rtp(0x90, 111, b"\x10\0\0\2\x01\x01\xb0\x00\x02\x01\x30\0"))
seed("rtp", "ends-at-15", rtp(0x90, 111, b"\xbe\xde\0\1\xf0\0\x10\xb0"))
seed("rtp", "padding", rtp(0xA0, 111, b"", b"\x78\0\0\3"))
seed("rtp", "padding-too-long", rtp(0xA0, 111, b"", b"\x78\0\0\xff"))
seed("rtp", "extension-too-long", rtp(0x90, 111, b"\xbe\xde\xff\xff\x10\xb0"))
seed("rtp", "short", rtp(0x8F, 111)[:11])
seed("rtp", "rtcp", rtcp(1, 200, SENDER + BLOCK))

CNAME = struct.pack("!I", 7) + b"\1\4aula\0\0"
seed("rtcp", "sr-sdes", rtcp(1, 200, SENDER + BLOCK) + rtcp(1, 202, CNAME))
seed("rtcp", "rr-sdes-bye", rtcp(2, 201, struct.pack("!I", 7) + BLOCK * 2) + rtcp(1, 202, CNAME)
     + rtcp(1, 203, struct.pack("!I", 7) + b"\3bye"))
seed("rtcp", "unknown-between", rtcp(0, 201, bytes(4)) + rtcp(15, 205, bytes(16)) + rtcp(0, 203, b""))
seed("rtcp", "padding", struct.pack("!BBH", 0xA0, 201, 2) + bytes(7) + b"\4")
seed("rtcp", "count-lies", rtcp(31, 201, struct.pack("!I", 7) + BLOCK))
seed("rtcp", "item-too-long", rtcp(1, 202, struct.pack("!I", 7) + b"\1\xffab"))
seed("rtcp", "length-lies", struct.pack("!BBH", 0x80, 201, 99) + bytes(8))

seed("red", "primary-alone", b"\x6f\x78\1\2")
seed("red", "one-back", struct.pack("!I", 0x80000000 | 111 << 24 | 960 << 10 | 3) + b"\x6f\x78\1\2\x78\3\4")
seed("red", "two-back", struct.pack("!II", 0x80000000 | 111 << 24 | 1920 << 10 | 1,
                                    0x80000000 | 111 << 24 | 960 << 10) + b"\x6f\x78\x78")
seed("red", "too-many", struct.pack("!I", 0x80000000 | 111 << 24) * 9 + b"\x6f")
seed("red", "length-lies", struct.pack("!I", 0x80000000 | 111 << 24 | 960 << 10 | 1023) + b"\x6f\x78")

seed("opus_toc", "code-0", b"\x78" + bytes(40))
seed("opus_toc", "silence", b"\xf8\xff\xfe")
seed("opus_toc", "code-1", b"\x79" + bytes(40))
seed("opus_toc", "code-2", b"\x7a\x05" + bytes(40))
seed("opus_toc", "code-2-long", b"\x7a\xfc\x01" + bytes(300))
seed("opus_toc", "code-3-cbr", b"\x7b\x03" + bytes(30))
seed("opus_toc", "code-3-vbr-padded", b"\x7b\xc3\xff\x02\x05\x06" + bytes(30 + 256))
seed("opus_toc", "code-3-none", b"\x7b\x00")
seed("opus_toc", "code-3-too-long", b"\x1b\x03" + bytes(9))

OFFER = """v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n\
a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\na=fingerprint:sha-256 """ + ":".join(
    ["AB"] * 32) + """\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n\
a=extmap:1/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
a=candidate:1 1 udp 2130706431 192.0.2.1 8444 typ host\r\na=end-of-candidates\r\na=ssrc:7 cname:aula\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n"""
seed("sdp", "offer-with-video", OFFER.encode())
seed("sdp", "answer", OFFER.replace("actpass", "passive").encode())
seed("sdp", "no-audio", OFFER[:OFFER.index("m=audio")].encode())
for vector in (HERE.parent / "vectors").glob("*.sdp"):
    seed("sdp", vector.stem, vector.read_bytes())
SENTENCES = json.loads((HERE.parent / "vectors" / "sentences.json").read_text())
for side in ("client", "relay"):
    for row in SENTENCES[side][:: 3 if len(SENTENCES[side]) > 30 else 1]:
        if "sentence" in row:
            seed("signal", f"{side}-{row['row']:03}", json.dumps(row["sentence"], ensure_ascii=False).encode())
EVENTS = [row["sentence"] for row in SENTENCES["events"] if row["valid"]]
seed("signal", "relay-events", json.dumps({"kind": "events", "events": EVENTS}, ensure_ascii=False).encode())
