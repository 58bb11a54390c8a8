#!/usr/bin/env python3
"""usage: bundle.py SOURCE OUT ESBUILD BROTLI

Makes of the page's source the folder OUT, which aulad serves: by esbuild for each page one script and one style sheet, what is needed later as a
script of its own, all of it small, with source maps, and beside each file its .br and .gz. Names hold a hash of what is in them, so that a browser
never asks for them again; the replay's do not, for its folder is also copied and opened from a disk.
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys

SOURCE, OUT, ESBUILD, BROTLI = (os.path.abspath(path) for path in sys.argv[1:5])
NEW = OUT + ".new"  # moved into its place when it is whole
SMALL = ["--bundle", "--minify", "--charset=utf8", "--target=es2022", "--sourcemap", "--log-level=warning"]
HASHED = ["--entry-names=[name]-[hash]"]
SCRIPT = re.compile(r'<script (?:type="module" )?src="([^":]+)"(?: defer)?></script>\n?')
STYLE = re.compile(r'<link rel="stylesheet" href="([^":]+)">\n?')


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def esbuild(entry, *how, folder=""):
    """What it made of the entry, a path: its account of each file, by the file's name within NEW."""
    account = os.path.join(NEW, "account.json")
    subprocess.run([ESBUILD, entry, *SMALL, *how, f"--outdir={os.path.join(NEW, folder)}", f"--metafile={account}"], cwd=SOURCE, check=True)
    made = json.loads(read(account))["outputs"]
    os.remove(account)
    return {os.path.relpath(os.path.join(SOURCE, path), NEW): about for path, about in made.items()}


def joined(name, files, *how, folder=""):
    """Style sheets, or classic scripts, in their order, as one; its name."""
    entry = os.path.join(NEW, "entry", name)
    word = "@import" if name.endswith(".css") else "import"
    write(entry, "".join(f"{word} '{os.path.join(SOURCE, file)}';\n" for file in files))
    made = esbuild(entry, *how, folder=folder)
    shutil.rmtree(os.path.dirname(entry))
    return next(name for name in made if not name.endswith(".map"))


def modules(entry):
    """An entry and what it imports as one file; its name. What is imported while it runs is a file of its own: where that stands on the entry
    (later.js does), esbuild puts all of the entry into a "chunk" and leaves a file that only imports it, which the page can do without."""
    made = esbuild(entry, "--splitting", "--format=esm", *HASHED)
    first, = [name for name, about in made.items() if entry in about["inputs"]]
    others = [name for name in made if name.startswith("chunk-") and name not in (first, first + ".map")]
    if others or any(i["kind"] == "import-statement" for i in made[first]["imports"]):
        sys.exit(f"bundle.py: {entry} would need more than one file before it runs (a module imported as a whole, by *?): {others}")
    for name in made:
        if made[name].get("entryPoint") == entry and name != first:
            os.remove(os.path.join(NEW, name))
            os.remove(os.path.join(NEW, name + ".map"))
        elif first.startswith("chunk-"):  # a name of the same length, for the source maps know columns
            path = os.path.join(NEW, name)
            text = read(path).replace(first, first.replace("chunk-", "first-"))
            os.remove(path)
            write(path.replace(first, first.replace("chunk-", "first-")), text)
    return first.replace("chunk-", "first-")


def page(path, script, style, more=""):
    """The page's HTML with one script and one style sheet, and `more` at its end."""
    html = SCRIPT.sub("", STYLE.sub("", read(os.path.join(SOURCE, path))))
    html = html.replace("</head>", f'<link rel="stylesheet" href="{style}">\n{script}\n</head>').replace("</body>", f"{more}</body>")
    write(os.path.join(NEW, path), re.sub(r"\n\s+", "\n", html.replace("/icons.svg#", "#i-")))


def page_of_modules(path, icons):
    html = read(os.path.join(SOURCE, path))
    entry, = SCRIPT.findall(html)
    script = modules(entry.lstrip("/"))
    style = joined("style.css", [name.lstrip("/") for name in STYLE.findall(html)], *HASHED)
    page(path, f'<script type="module" src="/{script}"></script>', f"/{style}", f'<div id="icons" hidden>{icons}</div>\n')


def replay():
    """Classic scripts, which a browser loads from a disk too."""
    html = read(os.path.join(SOURCE, "replay/index.html"))
    joined("replay.js", [f"replay/{name}" for name in SCRIPT.findall(html)], folder="replay")
    joined("replay.css", [f"replay/{name}" for name in STYLE.findall(html)], folder="replay")
    page("replay/index.html", '<script src="replay.js" defer></script>', "replay.css")
    shutil.copy(os.path.join(SOURCE, "icon.svg"), os.path.join(NEW, "replay"))


def name_sources(path):
    """In a source map: the files as they lie in the source, wherever it was built."""
    known = json.loads(read(path))
    folder = os.path.dirname(path)
    known["sources"] = [os.path.relpath(os.path.join(folder, source), SOURCE) for source in known["sources"]]
    known["sourceRoot"] = "/source/"
    write(path, json.dumps(known, ensure_ascii=False, separators=(",", ":")))


def compress(path):
    """Younger than the file itself: an older .br or .gz is not served."""
    with open(path, "rb") as f:
        plain = f.read()
    with open(path + ".gz", "wb") as f:
        f.write(gzip.compress(plain, 9, mtime=0))
    if not path.endswith(".map"):  # which hardly anyone asks for
        with open(path + ".br", "wb") as f:
            subprocess.run([BROTLI, "--best", "--stdout", path], stdout=f, check=True)


def main():
    shutil.rmtree(NEW, ignore_errors=True)
    os.makedirs(NEW)
    icons = re.sub(r">\s+<", "><", read(os.path.join(SOURCE, "icons.svg")).replace('id="', 'id="i-').strip())
    page_of_modules("index.html", icons)
    page_of_modules("operator/index.html", icons)
    replay()
    esbuild("moment.js")  # a worker: its name stands in sound.js
    shutil.copy(os.path.join(SOURCE, "icon.svg"), NEW)
    for folder, _, names in os.walk(NEW):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".map"):
                name_sources(path)
            compress(path)
    shutil.rmtree(OUT, ignore_errors=True)
    os.rename(NEW, OUT)


main()
