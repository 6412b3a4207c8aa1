#!/usr/bin/env python3
"""The two ends of intercepted connections, each in a network namespace of its own.

    actor.py sink CERTIFICATE KEY ADDRESS...   a mail server on port 25; a line of JSON for each message it takes; one
                                               called `refused.example` hears 554
    actor.py client                            does what it reads, answers each line with one

A client's lines: `connect ADDRESS PORT`, `starttls`, `message FILE`, `end` (waits until the connection ends),
`get URL`, or an SMTP command.
"""
import json
import socket
import ssl
import sys
import threading
import urllib.request

PATIENCE = 20


def tell(text):
    print(text, flush=True)


class Sink:
    def __init__(self, connection, peer, context):
        self.connection, self.peer, self.context = connection, peer[0], context
        self.file, self.tls, self.ehlo = connection.makefile("rb"), False, ""

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")

    def serve(self):
        self.say("220 sink.example ESMTP")
        while line := self.file.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == "EHLO":
                self.ehlo = rest
                if rest == "refused.example":
                    self.say("554 5.7.1 your address is on our list")
                    continue
                self.say("250-sink.example\r\n250-8BITMIME" + ("" if self.tls else "\r\n250-STARTTLS") + "\r\n250 SIZE 1000000")
            elif verb.upper() == "STARTTLS":
                self.say("220 go ahead")
                self.connection = self.context.wrap_socket(self.connection, server_side=True)
                self.file, self.tls = self.connection.makefile("rb"), True
            elif verb.upper() == "DATA":
                self.say("354 go ahead")
                self.take()
            elif verb.upper() == "HELO" and rest == "refused.example":
                self.say("554 5.7.1 your address is on our list")
            elif verb.upper() == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")

    def take(self):
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line)
        tell(json.dumps({"peer": self.peer, "ehlo": self.ehlo, "tls": self.tls, "message": b"".join(lines).decode("latin-1")}))
        self.say("250 taken")


def sink(certificate, key, addresses):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def serve(connection, peer):
        try:
            Sink(connection, peer, context).serve()
        except OSError:
            pass
        connection.close()

    def accept(listener):
        while True:
            threading.Thread(target=serve, args=listener.accept(), daemon=True).start()

    for address in addresses:
        listener = socket.create_server((address, 25), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    tell("ready")
    # Whoever started us closes this, or dies.
    sys.stdin.read()


class Client:
    def connect(self, address, port):
        self.connection = socket.create_connection((address, int(port)), timeout=PATIENCE)
        return self.use(self.connection)

    def use(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")
        return self.reply()

    def reply(self):
        lines = []
        while True:
            line = self.file.readline().decode().rstrip()
            lines.append(line)
            if line[3:4] != "-":
                return "|".join(lines) or "end"

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")
        return self.reply()

    def starttls(self):
        reply = self.say("STARTTLS")
        if not reply.startswith("220"):
            return reply
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection = context.wrap_socket(self.connection)
        self.file = self.connection.makefile("rb")
        # The subject's name stands in the certificate as it is.
        certificate = self.connection.getpeercert(binary_form=True)
        names = [name for name in ("sink.example", "gateway.example") if name.encode() in certificate]
        return "tls with " + " ".join(names)

    def message(self, file):
        with open(file, "rb") as content:
            stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in content)
        self.connection.sendall(stuffed + b".\r\n")
        return self.reply()

    def end(self):
        while self.connection.recv(65536):
            pass
        return "end"

    def do(self, line):
        verb, *rest = line.split()
        if verb == "connect":
            return self.connect(*rest)
        if verb == "get":
            return json.dumps(urllib.request.urlopen(rest[0], timeout=PATIENCE).read().decode())
        if verb in ("starttls", "message", "end"):
            return getattr(self, verb)(*rest)
        return self.say(line)


def client():
    one = Client()
    for line in sys.stdin:
        try:
            tell(one.do(line.strip()))
        except (ConnectionError, ssl.SSLError) as error:
            tell("end: " + type(error).__name__)
        except OSError as error:
            tell("failed: " + str(error))


if sys.argv[1] == "sink":
    sink(sys.argv[2], sys.argv[3], sys.argv[4:])
else:
    client()
