"""/api/v1 for tests: the description, the relay's table of routes, and requests whose answers are held against both."""
import http.client
import json
import re
import ssl

import jsonschema

from aula_bench import source
from guards_lib import equal, true

with open(source("proto/openapi.json"), encoding="utf-8") as f:
    DESCRIPTION = json.load(f)
EVERY_ANSWER = {"content-type", "content-length", "cache-control", "connection", "date", "server", "transfer-encoding",
                # and what every answer of the relay says to browsers:
                "strict-transport-security", "content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy",
                "cross-origin-embedder-policy", "cross-origin-resource-policy"}
WITHOUT_TOKEN = {("get", "/openapi.json"), ("post", "/decks")}  # not of the table: the description itself, and a lecturer's own deck


def table():
    """(method, path, verb, right) of every route of the relay's table."""
    with open(source("proto/wire/api_routes.c"), encoding="utf-8") as f:
        text = re.sub(r"\s+", " ", f.read())
    found = re.findall(r'\.method = API_(\w+), \.path = "([^"]+)", \.verb = "([^"]+)", \.right = API_(\w+)', text)
    return [(m.lower(), p, v, r.lower()) for m, p, v, r in found]


def resolve(what):
    """A description without references at its top."""
    while "$ref" in what:
        at = DESCRIPTION
        for part in what["$ref"].split("/")[1:]:
            at = at[part]
        what = at
    return what


def valid(schema, value, what):
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DESCRIPTION["components"], **schema}
    problems = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
    true(not problems, f"{what}: {[p.message for p in problems[:3]]}")


def headers_as_described(operation, status, answered, what):
    """What an answer's head has beside what every answer of HTTP has, is described, and of the right form."""
    described = {n.lower(): resolve(h) for n, h in resolve(operation["responses"][str(status)]).get("headers", {}).items()}
    got = {n.lower(): v for n, v in answered.items() if n.lower() not in EVERY_ANSWER}
    equal(set(got) - set(described), set(), f"{what}: headers that are not described")
    for name, value in got.items():
        valid(described[name]["schema"], value, f"{what}: {name}")
    if status < 300 and operation.get("x-aula-right"):
        equal(set(described) - set(got), set(), f"{what}: described headers that are not there")


class Api:
    """Requests with a token; each answer is held against the description."""
    seen = set()  # operations that were answered with success

    def __init__(self, relay, token):
        self.relay, self.token = relay, token

    def raw(self, method, path, body=None, **headers):
        c = http.client.HTTPSConnection("127.0.0.1", self.relay.port, timeout=60, context=ssl._create_unverified_context())
        names = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            names.setdefault("Authorization", "Bearer " + self.token)
        c.request(method, "/api/v1" + path, body, names)
        answer = c.getresponse()
        data = answer.read()
        c.close()
        return answer.status, answer.headers, data

    def __call__(self, method, route, body=None, query="", status=200, raw_body=None, headers=None, **values):
        path = re.sub(r"\{(\w+)\}", lambda m: str(values[m.group(1)]), route)
        operation = DESCRIPTION["paths"][route][method]
        text = raw_body if raw_body is not None else json.dumps(body) if method == "post" else None
        if body is not None and status < 400:
            valid(operation["requestBody"]["content"]["application/json"]["schema"], body, f"{method} {route}: what is asked")
        got, answered, data = self.raw(method.upper(), path + query, text, **(headers or {}))
        equal(got, status, f"{method} {path}{query} ({data[:300]!r}): status")
        true(str(got) in operation["responses"], f"{method} {route}: {got} is in the description")
        headers_as_described(operation, got, answered, f"{method} {route} {got}")
        content = resolve(operation["responses"][str(got)]).get("content")
        if not content:
            equal(data, b"", "body")
            return None
        equal(answered["content-type"], "application/json")
        value = json.loads(data)
        valid(content["application/json"]["schema"], value, f"{method} {route}")
        if got < 300:
            Api.seen.add((method, route))
        self.headers = answered
        return value


def token(relay, rights, *more):
    return relay.ctl("token", "create", "--rights", rights, *more)["token"]
