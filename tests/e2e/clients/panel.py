"""A panel's way through the API with python-ovh as it is published: who is blocked, why, and out of it.

Arguments: base URL, application key, application secret, network, address, and the customer's consumer key or "-" to ask for
one; then it prints the validation address and waits for a line on standard input.
"""

import json
import re
import sys
import time

import ovh

base, key, secret, network, address, consumer = sys.argv[1:7]
ovh.client.ENDPOINTS["local"] = base
client = ovh.Client("local", key, secret, None if consumer == "-" else consumer)


assert isinstance(client.time_delta, int)


def say(what, value):
    print(json.dumps({"what": what, "value": value}), flush=True)



if consumer == "-":
    request = client.new_consumer_key_request()
    request.add_recursive_rules(ovh.API_READ_WRITE, "/ip")
    request.add_rules(["GET", "POST"], "/auth/*")
    answer = request.request("https://panel.example/back")
    assert answer["state"] == "pendingValidation", answer
    try:
        client.get("/ip")
        sys.exit("a key that nobody has granted was taken")
    except ovh.InvalidCredential:
        pass
    say("validate", {"url": answer["validationUrl"], "consumerKey": answer["consumerKey"]})
    sys.stdin.readline()

credential = client.get("/auth/currentCredential")
assert credential["status"] == "validated", credential
blocks = client.get("/ip")
assert network in blocks, blocks
path = "/ip/" + network.replace("/", "%2F") + "/spam"
assert client.get(path, state="blockedForSpam") == [address]
assert client.get(path, state="unblocked") == []
for sibling in ("antihack", "arp", "phishing"):
    assert client.get(path[: -len("spam")] + sibling) == []

details = client.get(f"{path}/{address}")
say("details", details)
assert details["state"] == "blockedForSpam" and details["ipSpamming"] == address and isinstance(details["time"], int)

hour = 3600
moment = lambda offset: time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + offset))
stats = client.get(f"{path}/{address}/stats", _from=moment(-hour), to=moment(hour))
say("stats", stats)
assert stats[0]["detectedSpams"] and stats[0]["averageSpamscore"] >= 100
assert client.get(f"{path}/{address}/stats", _from=moment(hour)) == []

for wrong in (f"/ip/203.0.113.0%2F24/spam", f"{path}/203.0.113.9", "/ip/nonsense/spam", "/nowhere"):
    try:
        client.get(wrong)
        sys.exit(f"{wrong} was answered")
    except (ovh.ResourceNotFoundError, ovh.exceptions.NotGrantedCall):
        pass

left = []
while True:
    try:
        answer = client.post(f"{path}/{address}/unblock")
        break
    except ovh.exceptions.ResourceConflictError as error:
        found = re.match(r"This IP address is still blocked for (\d+) seconds", str(error))
        left.append(int(found.group(1)))
        time.sleep(0.2)
assert left and left == sorted(left, reverse=True) and left[-1] <= left[0], left
assert answer["state"] == "unblocking", answer
say("left", left)
while client.get(f"{path}/{address}")["state"] != "unblocked":
    time.sleep(0.1)
assert client.get(path, state="blockedForSpam") == []

try:
    ovh.Client("local", key, "0" * 32, client._consumer_key).get("/ip")
    sys.exit("a wrong signature was taken")
except ovh.exceptions.BadParametersError as error:
    assert "signature" in str(error), error
client.post("/auth/logout")
try:
    client.get("/ip")
    sys.exit("a key was taken after its logout")
except ovh.InvalidCredential:
    say("done", True)
