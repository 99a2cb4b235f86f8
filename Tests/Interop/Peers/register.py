#!/usr/bin/env python3
"""Makes accounts by in-band registration (XEP-0077), over a verified connection: `register.py interop.conf`.

Takes lines `LOCAL DOMAIN PASSWORD` and answers each with `ok` or with what went wrong.
"""
import socket
import ssl
import sys
from xml.sax.saxutils import quoteattr, escape

HEADER = ("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
          "version='1.0' to=%s>")


def read_until(connection, *ends):
    received = b""
    while not any(end in received for end in ends):
        piece = connection.recv(4096)
        if not piece:
            raise OSError(f"closed behind {received!r}")
        received += piece
    return received


def register(conf, context, local, domain, password):
    with socket.create_connection(("127.0.0.1", int(conf["tlsPort"])), 10) as plain:
        with context.wrap_socket(plain, server_hostname=domain) as connection:
            connection.sendall((HEADER % quoteattr(domain)).encode())
            read_until(connection, b"</stream:features>")
            connection.sendall((
                "<iq type='set' id='r'><query xmlns='jabber:iq:register'>"
                f"<username>{escape(local)}</username><password>{escape(password)}</password></query></iq>").encode())
            answer = read_until(connection, b"type='result'", b'type="result"', b"</iq>")
            connection.sendall(b"</stream:stream>")
            return "ok" if b"error" not in answer else answer.decode()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        conf = dict(line.rstrip("\n").split("=", 1) for line in file)
    context = ssl.create_default_context(cafile=conf["authority"])
    for line in sys.stdin:
        try:
            print(register(conf, context, *line.split()), flush=True)
        except OSError as error:
            print(error, flush=True)


if __name__ == "__main__":
    main()
