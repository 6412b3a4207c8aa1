"""An application that asks customers for consumer keys, with python-ovh as it is published.

Arguments: base URL, application key, application secret. Reads commands, a line each, and answers each with a line of JSON:
`ask` asks for another key, `try` uses the latest one, `credential` tells what it is, `elsewhere` calls what it has no rule for.
"""

import json
import sys

import ovh

base, key, secret = sys.argv[1:4]
ovh.client.ENDPOINTS["local"] = base
client = ovh.Client("local", key, secret, None)


def ask():
    request = client.new_consumer_key_request()
    request.add_recursive_rules(ovh.API_READ_ONLY, "/ip")
    request.add_rules(["GET"], "/auth/*")
    return request.request("https://panel.example/back", ["127.0.0.0/8", "::1"])


commands = {
    "ask": ask,
    "try": lambda: client.get("/ip"),
    "credential": lambda: client.get("/auth/currentCredential"),
    "elsewhere": lambda: client.get("/support/tickets"),
}
for line in sys.stdin:
    try:
        answer = commands[line.strip()]()
    except ovh.exceptions.APIError as error:
        answer = type(error).__name__
    print(json.dumps(answer), flush=True)
