"""usage: wire_count.py INTERFACE TCP-PORT UDP-PORT

Counts what passes an interface to and from a relay's two ports, as a line of 1500 bytes MTU would carry it. For each line on standard input one line
of JSON: bytes of TCP and of UDP with and without their headers; TCP by direction, and its connections; datagrams by kind (RFC 7983).
"""
import json
import select
import socket
import struct
import sys

MSS = 1448  # bytes a segment: 1500 less IP, TCP and its timestamps; a longer one here (segmented late) is as many on a line
ETH_P_ALL = 3


def kind_of(first):
    return "stun" if first < 4 else "dtls" if 20 <= first < 64 else "sound" if 128 <= first < 192 else "other"


class Count:
    def __init__(self, tcp_port, udp_port):
        self.ports = {6: tcp_port, 17: udp_port}
        self.tcp = {"up": 0, "down": 0, "with_headers": 0, "connections": 0, "segments": 0}
        self.flows = {}  # by the browser's port: bytes of TCP
        self.paths = {}  # and its UDP; a relay goes on for a while to send to one that is gone, who says nothing any more

    def take(self, packet):
        if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] not in self.ports:
            return
        head, total = (packet[0] & 15) * 4, struct.unpack_from("!H", packet, 2)[0]
        source, target = struct.unpack_from("!HH", packet, head)
        if self.ports[packet[9]] not in (source, target):
            return
        up = target == self.ports[packet[9]]
        mine = source if up else target
        if packet[9] == 17:
            path = self.paths.setdefault(mine, {"speaks": False, "stun": 0, "dtls": 0, "sound": 0, "sound_up": 0, "other": 0, "with_headers": 0})
            path["speaks"] |= up
            kind = kind_of(packet[head + 8])
            path["sound_up" if up and kind == "sound" else kind] += total - head - 8
            path["with_headers"] += total
            return
        over = head + (packet[head + 12] >> 4) * 4
        segments = max(1, -(-(total - over) // MSS))
        self.tcp["up" if up else "down"] += total - over
        self.tcp["with_headers"] += total + (segments - 1) * over
        self.tcp["segments"] += segments
        self.tcp["connections"] += packet[head + 13] & 0x12 == 0x02
        self.flows[mine] = self.flows.get(mine, 0) + total - over

    def udp(self):
        heard = [path for path in self.paths.values() if path["speaks"]]
        return {kind: sum(path[kind] for path in heard) for kind in ("stun", "dtls", "sound", "sound_up", "other", "with_headers")}


def main():
    count = Count(int(sys.argv[2]), int(sys.argv[3]))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    s.bind((sys.argv[1], 0))
    s.setblocking(False)
    print("ready", flush=True)
    while True:
        ready = select.select([s, sys.stdin], [], [])[0]
        try:
            while True:
                count.take(s.recv(128))  # the heads are enough
        except BlockingIOError:
            pass
        if sys.stdin in ready:
            if not sys.stdin.readline():
                return
            print(json.dumps({"tcp": count.tcp, "udp": count.udp(), "flows": list(count.flows.values())}), flush=True)


main()
