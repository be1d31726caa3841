"""Python's ssl module as a verifier; README.md has the protocol."""

import socket
import ssl
import sys


def verify(ca: str, address: str, port: int, name: str) -> None:
    context = ssl.create_default_context(cafile=ca)
    # What Python 3.13 has as its default, 3.11 has to be asked for.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_connection((address, port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=name):
            pass


for line in sys.stdin:
    ca, address, port, name = line.rstrip("\n").split("\t")
    try:
        verify(ca, address, int(port), name)
        print("OK", flush=True)
    except (OSError, ValueError) as error:
        print(str(error).replace("\n", " "), flush=True)
