"""A panel's way through the API with python-ovh as it is published: who is blocked, why, and out of it.

Arguments: base URL, application key, application secret, the customer's consumer key, seconds of a first block, and each
network with its blocked address. The accounts are those of provider_clients.rs.
"""

import json
import re
import sys
import time

import ovh

base, key, secret, consumer = sys.argv[1:5]
length, places = int(sys.argv[5]), list(zip(sys.argv[6::2], sys.argv[7::2]))
ovh.client.ENDPOINTS["local"] = base
client = ovh.Client("local", key, secret, consumer)
ERROR = {"class", "errorCode", "httpCode", "message"}


def refused(kind, code, call, *arguments, **parameters):
    """The call ends in that exception of the client, with that code of the API in an answer of both styles."""
    try:
        call(*arguments, **parameters)
    except kind as error:
        answer = error.response
        assert ERROR <= set(answer.json()) and answer.json()["errorCode"] == code, answer.text
        assert answer.json()["httpCode"].startswith(str(answer.status_code)), answer.text
        assert error.query_id, answer.headers
        return str(error)
    sys.exit(f"{arguments} was answered")


def spam_of(network):
    return "/ip/" + network.replace("/", "%2F") + "/spam"


def until(what, holds):
    end = time.time() + 60
    while not holds():
        assert time.time() < end, what
        time.sleep(0.1)


def moment(offset):
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + offset))


# Who calls, and what there is, in both families and under both prefixes.
assert isinstance(client.time_delta, int)
assert client.get("/auth/currentCredential")["status"] == "validated"
networks = client.get("/ip")
assert networks == client.get("/v1/ip") and {network for network, _ in places} <= set(networks), networks

# Too early: the number of seconds is live.
left = []
for network, address in places:
    path = spam_of(network)
    assert client.get(path, state="blockedForSpam") == [address]
    early = refused(ovh.exceptions.ResourceConflictError, "CONFLICT", client.post, f"{path}/{address}/unblock")
    left.append(int(re.match(r"This IP address is still blocked for (\d+) seconds", early).group(1)))
assert all(0 < seconds <= length for seconds in left), left

for network, address in places:
    path = spam_of(network)
    assert client.get(path, state="unblocked") == []
    for sibling in ("antihack", "arp", "phishing"):
        assert client.get(path[: -len("spam")] + sibling) == []
    details = client.get(f"{path}/{address}")
    assert set(details) == {"date", "ipSpamming", "state", "time"}, details
    assert (details["state"], details["ipSpamming"], details["time"]) == ("blockedForSpam", address, length), details
    stats = client.get(f"{path}/{address}/stats", _from=moment(-3600), to=moment(3600))
    assert set(stats[0]) == {"timestamp", "total", "numberOfSpams", "averageSpamscore", "detectedSpams"}, stats[0]
    assert set(stats[0]["detectedSpams"][0]) == {"date", "destinationIp", "messageId", "spamscore"}, stats[0]
    assert stats[0]["averageSpamscore"] >= 100 and abs(stats[0]["timestamp"] - time.time()) < 600, stats[0]
    assert client.get(f"{path}/{address}/stats", _from=moment(3600)) == []

    # Both ways of paging.
    pages = {"X-Pagination-Mode": "CachedObjectList-Pages", "X-Pagination-Size": "1", "X-Pagination-Number": "1"}
    page = client.raw_call("GET", path, headers=pages)
    assert page.json() == [details] and page.headers["X-Pagination-Elements"] == "1", (page.text, page.headers)
    page = client.raw_call("GET", path, headers={**pages, "X-Pagination-Filter": "state:eq=unblocked"})
    assert page.json() == [] and page.headers["X-Pagination-Elements"] == "0", (page.text, page.headers)

seen, cursor = [], ""
while cursor is not None:
    page = client.raw_call("GET", "/ip", headers={"X-Pagination-Cursor": cursor, "X-Pagination-Size": "1"})
    assert len(page.json()) == 1, page.text
    seen += page.json()
    cursor = page.headers.get("X-Pagination-Cursor-Next")
assert seen == networks, seen

# What is nobody's, what can't be meant, and whoever is somebody else.
NotFound, Bad = ovh.exceptions.ResourceNotFoundError, ovh.exceptions.BadParametersError
first, (_, last) = spam_of(places[0][0]), places[0]
for wrong in ("/ip/203.0.113.0%2F24/spam", f"{first}/203.0.113.9", "/ip/nonsense/spam", "/ip/2001:db8:9::%2F48/spam"):
    assert "does not exist" in refused(NotFound, "NOT_FOUND", client.get, wrong)
refused(Bad, "INVALID_ARGUMENT", client.get, first, state="gone")
refused(Bad, "INVALID_ARGUMENT", client.get, f"{first}/{last}/stats", _from="yesterday")
refused(ovh.exceptions.InvalidKey, "INVALID_KEY", ovh.Client("local", "0" * 16, secret, consumer).get, "/ip")
refused(ovh.exceptions.InvalidCredential, "INVALID_CREDENTIAL", ovh.Client("local", key, secret, "0" * 32).get, "/ip")
refused(Bad, "INVALID_SIGNATURE", ovh.Client("local", key, "0" * 32, consumer).get, "/ip")
nobody = client.raw_call("GET", "/ip", need_auth=False)
assert (nobody.status_code, nobody.json()["errorCode"]) == (403, "NOT_CREDENTIAL"), nobody.text

# An account that a changed password releases.
ann = "/email/domain/old.example/account/ann"
account = client.get(ann)
assert set(account) == {"accountName", "domain", "email", "description", "size", "isBlocked"}, account
assert account["isBlocked"] is True and client.get("/email/domain/old.example/account") == ["ann"]
for unfit in ("short", " correct horse", "corr\u00e9ct horse", "x" * 31):
    refused(Bad, "INVALID_ARGUMENT", client.post, f"{ann}/changePassword", password=unfit)
task = client.post(f"{ann}/changePassword", password="correct horse")
assert set(task) == {"id", "action", "date", "domain", "name"} and task["action"] == "changePassword", task
until("the account is released", lambda: client.get(ann)["isBlocked"] is False)

# An account whose way out is its ticket.
bob = "/email/exchange/shop/service/shop/account/bob@shop.example"
account = client.get(bob)
assert account["spamDetected"] is True and account["state"] == "ok", account
number = account["spamTicketNumber"]
assert number in client.get("/support/tickets", status="open", serviceName="shop")
ticket = client.get(f"/support/tickets/{number}")
assert (ticket["state"], ticket["accountId"], ticket["canBeClosed"]) == ("open", "shop", True), ticket
said = "1. no\n2. no\n3. yes, d\u00e9j\u00e0"
assert client.post(f"/support/tickets/{number}/reply", body=said) is None
message = client.get(f"/support/tickets/{number}/messages")[-1]
assert set(message) == {"messageId", "ticketId", "from", "body", "creationDate", "updateDate"}, message
assert (message["from"], message["body"]) == ("customer", said), message
task = client.post(f"{bob}/changePassword", password="correct horse")
until("the password is changed", lambda: client.get(f"{bob}/tasks/{task['id']}")["status"] == "done")
assert client.get(bob)["spamDetected"] is True, "a password is not this account's way out"
assert client.post(f"/support/tickets/{number}/close") is None
assert client.get(f"/support/tickets/{number}")["state"] == "closed"
refused(ovh.exceptions.ResourceConflictError, "CONFLICT", client.post, f"/support/tickets/{number}/close")
refused(NotFound, "NOT_FOUND", client.get, "/support/tickets/4711")

# When the time is over.
for network, address in places:
    path = f"{spam_of(network)}/{address}"
    while True:
        try:
            answer = client.post(f"{path}/unblock")
            break
        except ovh.exceptions.ResourceConflictError:
            time.sleep(0.2)
    assert answer["state"] == "unblocking" and answer["time"] == length, answer
    until("it is unblocked", lambda: client.get(path)["state"] == "unblocked")
    assert client.get(spam_of(network), state="blockedForSpam") == []

assert client.post("/auth/logout") is None
refused(ovh.exceptions.InvalidCredential, "INVALID_CREDENTIAL", client.get, "/ip")
print(json.dumps({"left": left, "done": True}))
