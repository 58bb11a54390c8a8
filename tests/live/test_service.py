"""aulad under a service manager, and what an installation has beside it. usage: test_service.py AULAD AULACTL AULA LIBAULA
Sockets that were passed on, sd_notify, the watchdog, a certificate near its end; the unit, the example configuration, man pages,
completion and the library's symbols against what the programs say of themselves."""
import os, pathlib, re, signal, socket, ssl, subprocess, sys, tempfile, time
from guards_lib import *

AULAD, AULACTL, AULA, LIBAULA = map(os.path.abspath, sys.argv[1:5])
DIST = pathlib.Path(__file__).resolve().parents[2] / "relay" / "dist"
rows = Rows()


class Managed:
    """A relay whose manager passes `sockets` on and listens to what it says."""

    def __init__(self, folder, sockets=(), watchdog_us=None, flags=()):
        self.say = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(folder, "notify")
        if os.path.exists(path):
            os.unlink(path)
        self.say.bind(path)
        self.say.settimeout(PATIENCE_S)
        # The shell becomes aulad and so has the process number that LISTEN_PID must tell.
        moves = " ".join(f"{3 + i}<&{40 + i} {40 + i}<&-" for i in range(len(sockets)))
        for i, s in enumerate(sockets):
            os.dup2(s.fileno(), 40 + i, inheritable=True)
        environment = dict(os.environ, NOTIFY_SOCKET=path, LISTEN_FDS=str(len(sockets)))
        if watchdog_us:
            environment["WATCHDOG_USEC"] = str(watchdog_us)
        self.process = subprocess.Popen(
            ["bash", "-c", f'LISTEN_PID=$$ exec "$@" {moves}', "bash", AULAD, "--data", folder, *flags], env=environment,
            pass_fds=range(40, 40 + len(sockets)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for i in range(len(sockets)):
            os.close(40 + i)

    def heard(self):
        return self.say.recv(1000).decode()

    def ready(self):
        equal(self.heard(), "READY=1")
        return self.process.stdout.readline().strip()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=PATIENCE_S)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.say.close()


def listening(kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_INET, kind)
    s.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        s.listen(64)
    return s


def healthz(s):
    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return read_response(s)[0]


@rows.row
def passed_sockets():
    """HTTPS and media sockets that were passed on are served; who connects while the relay restarts waits and is answered"""
    with tempfile.TemporaryDirectory() as folder, listening() as https, listening(socket.SOCK_DGRAM) as media:
        with Managed(folder, [media, https]) as first:
            equal(first.ready(), f"ready https://127.0.0.1:{https.getsockname()[1]} media 127.0.0.1:{media.getsockname()[1]}")
            equal(healthz(tls(https.getsockname()[1])), 200)
            first.end()
            equal(first.process.returncode, 0)
        early = socket.create_connection(https.getsockname(), PATIENCE_S)  # nobody is there; systemd's socket takes it
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with Managed(folder, [media, https]) as second:
            second.ready()
            equal(healthz(context.wrap_socket(early)), 200, "the one who came between")
            second.end()


@rows.row
def useless_sockets():
    """A passed socket that has no use is a mistake that is said"""
    with tempfile.TemporaryDirectory() as folder, listening() as a, listening() as b:
        with Managed(folder, [a, b], flags=("--media", "127.0.0.1:0")) as relay:
            said = relay.process.communicate(timeout=PATIENCE_S)[1]
            equal(relay.process.returncode, 2)
            true("no use" in said, said)


@rows.row
def notifies():
    """READY, WATCHDOG as long as the loop turns, STOPPING; no watchdog unless it is asked for"""
    with tempfile.TemporaryDirectory() as folder:
        with Managed(folder, watchdog_us=400000, flags=("--listen", "127.0.0.1:0", "--media", "127.0.0.1:0")) as relay:
            relay.ready()
            equal([relay.heard() for _ in range(3)], ["WATCHDOG=1"] * 3)
            relay.process.send_signal(signal.SIGTERM)
            while (said := relay.heard()) == "WATCHDOG=1":
                pass
            equal(said, "STOPPING=1")
            relay.end()
        with Managed(folder, flags=("--listen", "127.0.0.1:0", "--media", "127.0.0.1:0")) as relay:
            relay.ready()
            relay.say.settimeout(0.6)
            try:
                raise AssertionError(f"it said {relay.heard()} unasked")
            except TimeoutError:
                relay.end()


@rows.row
def certificate_near_its_end():
    """Of a certificate that ends within 14 days the log warns; SIGHUP serves the renewed one"""
    with tempfile.TemporaryDirectory() as folder:
        def make(days):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                            f"/CN=hall-{days}", "-days", str(days), "-keyout", f"{folder}/key", "-out", f"{folder}/crt"],
                           check=True, capture_output=True)
        make(9)
        with Managed(folder, flags=("--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", "--tls-cert", f"{folder}/crt",
                                    "--tls-key", f"{folder}/key")) as relay:
            port = int(relay.ready().split()[1].rsplit(":", 1)[1])
            before = tls(port).getpeercert(binary_form=True)
            make(300)
            relay.process.send_signal(signal.SIGHUP)
            wait_until(lambda: tls(port).getpeercert(binary_form=True) != before, "the renewed certificate is served")
            said = relay.end()
            true(re.search(r"warn.*ends in [89] days", said), said)
            equal(len(re.findall(r"ends in \d+ days", said)), 1, "warnings")


def file_keys():
    """The flags that are keys of the file too, as aulad's own table has them: those that a file may set."""
    flags = re.findall(r"^  --([a-z-]+)", subprocess.run([AULAD, "--help"], capture_output=True, text=True, check=True).stdout, re.M)
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as f:
        f.write("".join(f"{flag} = x\n" for flag in flags))
        f.flush()
        said = subprocess.run([AULAD, "--config", f.name, "--check-config"], capture_output=True, text=True).stderr
    return [flag for flag in flags if f"there is no key '{flag}'" not in said]


@rows.row
def every_key_is_documented():
    """Each key stands in the example configuration and in aulad.ini(5); the example is good, commented out or not"""
    keys, example = file_keys(), (DIST / "aulad.ini").read_text()
    page = (DIST / "man" / "aulad.ini.5").read_text().replace("\\-", "-")
    true(len(keys) > 10, keys)
    for key in keys:
        true(re.search(rf"^#?{key} = ", example, re.M), f"aulad.ini has no {key}")
        true(re.search(rf"^\.B {key} = ", page, re.M), f"aulad.ini(5) has no {key}")
    with tempfile.TemporaryDirectory() as folder:
        whole = re.sub(r"^#([a-z-]+ = )", r"\1", example, flags=re.M)
        pathlib.Path(folder, "secret").write_text("s" * 32)
        whole = re.sub(r"^([a-z]+-secret-file = ).*", rf"\1{folder}/secret", whole, flags=re.M)
        for number, text in enumerate([example, re.sub(r"^tls-.*\n", "", whole, flags=re.M)]):
            pathlib.Path(folder, f"{number}.ini").write_text(text)
            done = subprocess.run([AULAD, "--config", f"{folder}/{number}.ini", "--check-config"], capture_output=True, text=True)
            equal((done.returncode, done.stderr), (0, ""), f"the example ({number})")


@rows.row
def unit_is_good():
    """systemd finds nothing wrong with the units, and little that the service may do"""
    with tempfile.TemporaryDirectory() as folder:
        unit = (DIST / "systemd" / "aulad.service.in").read_text()
        pathlib.Path(folder, "aulad.service").write_text(unit.replace("@bindir@/aulad", AULAD).replace("@sysconfdir@", "/etc"))
        pathlib.Path(folder, "aulad.socket").write_text((DIST / "systemd" / "aulad.socket").read_text())
        environment = dict(os.environ, SYSTEMD_UNIT_PATH=f"{folder}:/lib/systemd/system")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/aulad.service", f"{folder}/aulad.socket"],
                              capture_output=True, text=True, env=environment)
        ours = [line for line in (done.stdout + done.stderr).splitlines() if "aulad" in line]
        equal(ours, [])
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=30", f"{folder}/aulad.service"],
                              capture_output=True, text=True, env=environment)
        equal(done.returncode, 0, f"exposure: {done.stdout[-200:]}")


@rows.row
def man_pages_are_good():
    """Man pages render without a warning of man or mandoc and name every flag and every command"""
    for page in sorted((DIST / "man").iterdir()):
        done = subprocess.run(["man", "--warnings", "-l", str(page)], capture_output=True, text=True,
                              env=dict(os.environ, MANROFFSEQ="", LC_ALL="C.UTF-8", MANWIDTH="100"))
        equal((done.returncode, done.stderr), (0, ""), page.name)
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True)
        equal((done.returncode, done.stdout), (0, ""), f"mandoc about {page.name}")
    plain = lambda name: (DIST / "man" / name).read_text().replace("\\-", "-").replace("\\fR", "").replace("\\fP", "")
    for program, name in ((AULAD, "aulad.8"), (AULA, "aula.1")):
        for flag in set(re.findall(r"^  (--[a-z-]+)", subprocess.run([program, "--help"], capture_output=True, text=True).stdout, re.M)):
            true(flag in plain(name), f"{name} has no {flag}")
    for command in set(re.findall(r"^  aulactl ((?:[a-z][a-z-]* ?)+)", subprocess.run([AULACTL, "--help"], capture_output=True, text=True).stdout, re.M)):
        true(command.strip() in plain("aulactl.1"), f"aulactl.1 has no {command}")


@rows.row
def completion_knows_all():
    """The shell completes every command and option that aulactl --help has, and aulad's flags"""
    script = DIST / "completion" / "aula"

    def complete(function, program, *words):
        text = " ".join(f"'{w}'" for w in (program, *words))
        out = subprocess.run(["bash", "-c", f"source {script}; COMP_WORDS=({text}); COMP_CWORD={len(words)}; {function} {program}; "
                              'printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, cwd="/")
        equal(out.stderr, "")
        return set(out.stdout.split())

    usages = re.findall(r"^  aulactl (.*)$", subprocess.run([AULACTL, "--help"], capture_output=True, text=True).stdout, re.M)
    true(len(usages) > 20, usages)
    for usage in usages:
        words = re.match(r"(?:[a-z][a-z-]* ?)+", usage)[0].split()
        for i in range(len(words)):
            true(words[i] in complete("_aulactl", AULACTL, *words[:i], ""), f"{words[i]} after {words[:i]}")
        options = set(re.findall(r"--[a-z-]+", usage))
        if options:
            got = complete("_aulactl", AULACTL, *words, "--")
            true(options <= got, f"{usage}: {got}")
    true({"--data", "--listen", "--config"} <= complete("_aula_flags", AULAD, "--"), "aulad's flags")
    true("join" in complete("_aula_flags", AULA, ""), "aula's verbs")


@rows.row
def symbols():
    """The library gives what its symbols file says, and nothing else"""
    out = subprocess.run(["nm", "-D", "--defined-only", LIBAULA], capture_output=True, text=True, check=True).stdout
    got = sorted(line.split()[2] for line in out.splitlines() if line.split()[1] in "TDBR")
    file = re.findall(r"^ (\w+)@Base", (DIST / "debian" / "libaula0.symbols").read_text(), re.M)
    equal(got, sorted(file), "symbols")


sys.exit(rows.run())
