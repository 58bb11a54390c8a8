"""Reads Ogg Opus and our fragmented MP4 by their specifications (RFC 3533, 7845, 6716; ISO/IEC 14496-12), and owes nothing to the code under
test. What is wrong raises ValueError."""
import struct

CRC = []
for i in range(256):
    r = i << 24
    for _ in range(8):
        r = (r << 1 ^ 0x04c11db7 if r & 0x80000000 else r << 1) & 0xffffffff
    CRC.append(r)


def crc(data):
    r = 0
    for byte in data:
        r = (r << 8 & 0xffffffff) ^ CRC[r >> 24 ^ byte]
    return r


def samples(packet):
    """Length at 48 kHz, from the TOC byte (RFC 6716 §3.1)."""
    config, code = packet[0] >> 3, packet[0] & 3
    frame = [480, 960, 1920, 2880][config % 4] if config < 12 else [480, 960][config % 2] if config < 16 else [120, 240, 480, 960][config % 4]
    return frame * (1 if code == 0 else 2 if code < 3 else packet[1] & 63)


class Ogg:
    """All pages of one stream. `cut`: an incomplete page at the end is no fault."""

    def __init__(self, data, cut=False):
        self.packets, self.granule, self.pages, self.serial, self.ended, at = [], 0, 0, None, False, 0
        while at < len(data):
            if len(data) - at < 27 or len(data) - at < 27 + data[at + 26] + sum(data[at + 27:at + 27 + data[at + 26]]):
                if cut:
                    break
                raise ValueError(f"the page at byte {at} is cut")
            at = self.page(data, at)
        self.len = at

    def page(self, data, at):
        magic, version, flags, granule, serial, number, check, count = struct.unpack_from("<4sBBqIIIB", data, at)
        lacing = data[at + 27:at + 27 + count]
        end = at + 27 + count + sum(lacing)
        whole = data[at:at + 22] + bytes(4) + data[at + 26:end]
        if magic != b"OggS" or version != 0 or crc(whole) != check:
            raise ValueError(f"no page at byte {at}")
        if number != self.pages or (flags & 2 > 0) != (number == 0) or flags & 1 or serial != (self.serial if number else serial):
            raise ValueError(f"page {number} (flags {flags}, serial {serial}) is not what comes after page {self.pages - 1}")
        self.serial, self.pages, self.ended = serial, number + 1, flags & 4 > 0
        packet, body = b"", at + 27 + count
        for lace in lacing:
            packet += data[body:body + lace]
            body += lace
            if lace < 255:
                self.packet(number, packet)
                packet = b""
        if packet or granule != self.granule:
            raise ValueError(f"page {number}: granule {granule} after {self.granule} samples")
        return end

    def packet(self, page, packet):
        if page == 0 and packet[:8] == b"OpusHead":
            self.channels, self.pre_skip = packet[9], packet[10] | packet[11] << 8
        elif page == 1 and packet[:8] == b"OpusTags":
            self.start = int(packet[packet.index(b"AULA_START=") + 11:])
        else:
            self.packets.append((self.granule, packet))
            self.granule += samples(packet)


def boxes(data, at=0, end=None):
    end = len(data) if end is None else end
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            raise ValueError(f"box {kind} at byte {at} is cut")
        yield kind, at + 8, at + size
        at += size


def mp4_packets(data, cut=False):
    """(time, packet) of all fragments, which must follow each other without a gap."""
    packets, sequence, time, run, at = [], 0, 0, [], 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at) if len(data) - at >= 8 else (1 << 40, b"")
        if at + size > len(data):
            if cut:
                break
            raise ValueError("the last box is cut")
        if kind == b"moof":
            inside = {k: (a, e) for k, a, e in boxes(data, at + 8, at + size)}
            inside.update({k: (a, e) for k, a, e in boxes(data, *inside[b"traf"])})
            number, = struct.unpack_from(">I", data, inside[b"mfhd"][0] + 4)
            begins, = struct.unpack_from(">Q", data, inside[b"tfdt"][0] + 4)
            count, offset = struct.unpack_from(">Ii", data, inside[b"trun"][0] + 4)
            run = [struct.unpack_from(">II", data, inside[b"trun"][0] + 12 + 8 * i) for i in range(count)]
            if number != sequence + 1 or begins != time or offset != size + 8:
                raise ValueError(f"fragment {number} at {begins} follows {sequence}, which ends at {time}")
            sequence = number
        elif kind == b"mdat":
            body = at + 8
            for length, size_of in run:
                packets.append((time, data[body:body + size_of]))
                time += length
                body += size_of
        at += size
    return packets
