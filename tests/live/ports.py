"""Ports that are a test's own for as long as its process lives, for TCP and UDP. The kernel gives them to nobody who asks for any port, and so to
no connection that goes out (a relay that was killed must find its port free, and a client that calls there must not be given that very port as
its own); an abstract socket named after the port keeps other tests from it. Those of browser/relay.mjs lie below."""
import random
import socket
import threading

HOST = "127.0.0.1"
LOWEST = 15000
one_at_a_time = threading.Lock()
kept = []  # sockets whose names are the ports that were taken


def range_of_ports():
    """Ports below those that the kernel gives away by itself, or above, where there are more."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        first, last = map(int, f.read().split())
    return range(LOWEST, first) if first - LOWEST >= 65535 - last else range(last + 1, 65536)


def take(port):
    """True where nobody has it; from then on it is ours."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0aula-test-port-{port}")
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(type=kind) as s:
                s.bind((HOST, port))
    except OSError:
        name.close()
        return False
    kept.append(name)
    return True


def free_ports(count):
    """The first of so many ports in a row."""
    ports = range_of_ports()
    for _ in range(1000):
        first = random.randrange(ports.start, ports.stop - count)
        with one_at_a_time:
            before = len(kept)
            if all(take(first + i) for i in range(count)):
                return first
            while len(kept) > before:
                kept.pop().close()
    raise RuntimeError("no port is free")


def free_address():
    return f"{HOST}:{free_ports(1)}"
