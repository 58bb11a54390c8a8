"""usage: embed.py FILE.json NAME   A JSON file as a C string, without its spaces, on standard output; and its length, NAME_len."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    text = json.dumps(json.load(f), separators=(",", ":"), ensure_ascii=True)
print(f"/* Made of {sys.argv[1].rsplit('/', 1)[-1]}. */")
print("#include <stddef.h>")
print(f"extern const char {sys.argv[2]}[];\nextern const size_t {sys.argv[2]}_len;")
print(f"const char {sys.argv[2]}[] =")
pieces = [text[i:i + 90] for i in range(0, len(text), 90)]
for piece in pieces:
    print("    " + json.dumps(piece).replace("??", "?\"\"?"))
print(f"    ;\nconst size_t {sys.argv[2]}_len = sizeof {sys.argv[2]} - 1;")
