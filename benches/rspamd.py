#!/usr/bin/env python3
"""How well a running Rspamd tells the mail apart that `portreeve eval` measures.

    benches/rspamd.py MAIL                        # MAIL/<collection>/<spam|ham>/*
    benches/rspamd.py MAIL --measure household    # one collection only
    benches/rspamd.py MAIL --measure household --learn   # its Bayes learns the other collections first

Rspamd listens on 127.0.0.1, port 11333 for messages and 11334 for what is learned. Each message is handed over as submitted by a
logged-in user, which is the way outbound mail goes. The figures are those of `eval`: 100 % minus the area under the ROC curve, and
the share of spam that lies no higher than 1 % of ham does.
"""

import argparse
import bisect
import http.client
import json
import pathlib
import threading
from concurrent.futures import ThreadPoolExecutor

SUBMITTED = {"IP": "192.0.2.10", "Helo": "client.example", "User": "a@customer.example", "From": "a@customer.example", "Rcpt": "b@elsewhere.example"}
connection = threading.local()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mail", type=pathlib.Path)
    parser.add_argument("--measure", help="one collection; without it: all")
    parser.add_argument("--learn", action="store_true", help="learn the other collections first (needs --measure, an empty Bayes)")
    parser.add_argument("--password", default="q1", help="of the controller")
    options = parser.parse_args()
    if options.learn and not options.measure:
        parser.error("--learn needs --measure: what is learned must not be measured")
    files = sorted(options.mail.glob("*/spam/*")) + sorted(options.mail.glob("*/ham/*"))
    measured = [file for file in files if options.measure in (None, collection(file))]
    with ThreadPoolExecutor(4) as pool:
        if options.learn:
            others = [file for file in files if collection(file) != options.measure]
            others.sort(key=lambda file: hash_of(file.name))
            list(pool.map(lambda file: ask(11334, "/learn" + label(file), file, {"Password": options.password}), others))
        scores = list(pool.map(score, measured))
    report(measured, scores)


def collection(file):
    return file.parts[-3]


def label(file):
    return file.parts[-2]


def hash_of(name):
    """An order that mixes the classes and stays the same."""
    return sum(ord(letter) * 31 ** at for at, letter in enumerate(name)) % 10007


def score(file):
    return json.loads(ask(11333, "/checkv2", file, SUBMITTED))["score"]


def ask(port, path, file, headers):
    kept = vars(connection).setdefault(str(port), http.client.HTTPConnection("127.0.0.1", port, timeout=60))
    kept.request("POST", path, file.read_bytes(), headers)
    answer = kept.getresponse()
    body = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{path} answered {answer.status} {body[:200]!r} to {file}")
    return body


def report(files, scores):
    groups = {}
    for file, number in zip(files, scores):
        groups.setdefault((collection(file), label(file)), []).append(number)
    print("collection            n   reach 4     6    15")
    for (name, kind), numbers in sorted(groups.items()):
        reached = [sum(number >= limit for number in numbers) for limit in (4, 6, 15)]
        print(f"{name + ' ' + kind:20} {len(numbers):5} " + " ".join(f"{count:6}" for count in reached))
    for name in sorted({name for name, _ in groups} | {"all"}):
        of = lambda kind: [number for (at, which), numbers in groups.items() if which == kind and name in (at, "all") for number in numbers]
        spam, ham = of("spam"), sorted(of("ham"))
        if spam and ham:
            print(f"{name}: 1-ROC {100 * (1 - area(spam, ham)):.1f} %, {100 * missed(spam, ham):.0f} % of spam missed at 1 % of ham")


def area(spam, ham):
    below = sum(bisect.bisect_left(ham, number) + bisect.bisect_right(ham, number) for number in spam)
    return below / (2 * len(spam) * len(ham))


def missed(spam, ham):
    limit = ham[len(ham) - 1 - len(ham) // 100]
    return sum(number <= limit for number in spam) / len(spam)


if __name__ == "__main__":
    main()
