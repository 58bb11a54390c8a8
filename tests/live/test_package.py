"""The Debian packages, on a clean Debian. usage: test_package.py SOURCE
Builds them from SOURCE, makes a Debian with nothing in it (debootstrap), installs them there with apt, starts the relay as its unit says,
joins from a browser, removes and purges the packages, and looks at what is left. Needs root and Debian's archive; some five minutes."""
import os, pathlib, re, shutil, signal, subprocess, sys, tempfile, time
from guards_lib import *

SOURCE = pathlib.Path(sys.argv[1]).resolve()
SUITE = "bookworm"
rows = Rows()
work = pathlib.Path(tempfile.mkdtemp(prefix="aula-package-"))
root = work / "root"
IGNORED = re.compile(r"^/(proc|sys|dev|run|tmp|var/lib/(dpkg|apt|aula|systemd/deb-systemd-helper-enabled)|var/cache|var/log|root|etc/apt)(/|$)"
                     r"|^/etc/(passwd|group|shadow|gshadow|subuid|subgid|ld\.so\.cache|resolv\.conf)-?$|^/debs")


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def inside(*command):
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return run("chroot", str(root), *command, env=environment)


def files():
    """What lies in the clean Debian, but for what changes by itself."""
    found = set()
    for folder, folders, names in os.walk(root):
        at = "/" + os.path.relpath(folder, root) if folder != str(root) else ""
        folders[:] = [f for f in folders if not IGNORED.match(f"{at}/{f}")]
        found |= {f"{at}/{name}" for name in folders + names if not IGNORED.match(f"{at}/{name}")}
    return found


def users():
    return (root / "etc/passwd").read_text()


def mirror():
    """The archive that this machine's apt knows for the suite."""
    known = run("apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {SUITE}", "Component: main", "Created-By: Packages").split()
    true(known, f"apt knows no archive of {SUITE}: run apt-get update on a Debian 12")
    return known[0]


@rows.row
def builds():
    """The command of the README builds four packages"""
    run(str(SOURCE / "relay/dist/build-package"), str(work / "debs"), cwd=SOURCE)
    equal(sorted(p.name.split("_")[0] for p in (work / "debs").iterdir()), ["aula-client", "aulad", "libaula-dev", "libaula0"])


@rows.row
def lints():
    """lintian finds no error in them"""
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", *map(str, (work / "debs").iterdir())], capture_output=True, text=True, check=False)
    print("".join(f"# {line}\n" for line in done.stdout.splitlines()), end="", flush=True)
    equal(done.returncode, 0, f"exit status; it says {done.stderr[-500:]}")


@rows.row
def clean_debian():
    """A clean Debian is made, and what the packages need is found in its archive"""
    run("debootstrap", "--variant=minbase", SUITE, str(root), mirror())
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copytree(work / "debs", root / "debs")
    for name in ("apt.conf.d", "auth.conf.d"):  # how this machine reaches the archive
        if (pathlib.Path("/etc/apt") / name).is_dir():
            shutil.copytree(f"/etc/apt/{name}", root / "etc/apt" / name, dirs_exist_ok=True)
    inside("apt-get", "update")
    # What apt takes along is not ours to remove: it is there before the packages are.
    simulated = inside("apt-get", "install", "-s", "--no-install-recommends", "/debs/aulad_0.1.0_amd64.deb", "/debs/aula-client_0.1.0_amd64.deb",
                       "/debs/libaula0_0.1.0_amd64.deb", "/debs/libaula-dev_0.1.0_amd64.deb")
    needed = [n for n in re.findall(r"^Inst (\S+)", simulated, re.M) if n not in ("aulad", "aula-client", "libaula0", "libaula-dev")]
    inside("apt-get", "install", "-y", "--no-install-recommends", *needed)
    clean_debian.files, clean_debian.users = files(), users()


@rows.row
def installs():
    """They install, with user, unit, man pages and completion"""
    inside("apt-get", "install", "-y", "--no-install-recommends", *[f"/debs/{p.name}" for p in (work / "debs").iterdir()])
    true("aula:" in users(), "there is no user aula")
    for path in ("usr/bin/aulad", "usr/bin/aulactl", "usr/bin/aula", "lib/systemd/system/aulad.service", "lib/systemd/system/aulad.socket",
                 "etc/aula/aulad.ini", "usr/share/man/man8/aulad.8.gz", "usr/share/man/man5/aulad.ini.5.gz",
                 "usr/share/bash-completion/completions/aulactl", "usr/share/aula/page/index.html"):
        true((root / path).exists(), f"/{path} is missing")
    equal(inside("stat", "-c", "%U %a", "/var/lib/aula").strip(), "aula 750")
    true("example" in inside("aulactl", "--help"), "aulactl does not speak")


@rows.row
def serves():
    """The service starts by the line of its unit, as its user, and a browser joins"""
    unit = (root / "lib/systemd/system/aulad.service").read_text()
    line = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].split() + ["--listen", "127.0.0.1:0", "--media", "127.0.0.1:0"]
    relay = subprocess.Popen(["/usr/sbin/chroot", "--userspec=aula:aula", str(root), *line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    try:
        true(relay.stdout.readline().startswith("ready https://"), "no ready line")
        session = inside("aulactl", "session", "create", "--title", "From a package").strip()
        url = inside("aulactl", "link", "--session", session, "--role", "trainee", "--name", "Nils Holm").strip()
        equal(run("node", str(SOURCE / "tests/live/browser/join_once.mjs"), url).strip(), "joined", "what the browser did")
        true('"Nils Holm"' in inside("aulactl", "--json", "show", "--session", session), "Nils Holm is not in the session")
        relay.send_signal(signal.SIGTERM)
        equal(relay.wait(timeout=20), 0, "exit status")
    finally:
        relay.kill()
        relay.communicate()


@rows.row
def leaves_nothing():
    """Removed and purged, nothing is left but the data"""
    inside("apt-get", "purge", "-y", "aulad", "aula-client", "libaula0", "libaula-dev")
    equal(sorted(files() - clean_debian.files), [], "what is left")
    equal(sorted(clean_debian.files - files()), [], "what is gone")
    equal(users(), clean_debian.users, "users")
    true((root / "var/lib/aula/aula.db").exists(), "the data is gone")


status = rows.run()
shutil.rmtree(work, ignore_errors=True)
sys.exit(status)
