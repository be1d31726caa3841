"""The verifier of pyca/cryptography; README.md has the protocol."""

import ipaddress
import ssl
import sys

from cryptography import x509
from cryptography.x509 import verification


def verify(ca: str, address: str, port: int, name: str) -> None:
    # Only fetches what the server shows, which is then judged; nothing is sent to it.
    leaf = ssl.get_server_certificate((address, port), timeout=10)
    with open(ca, "rb") as file:
        store = verification.Store(x509.load_pem_x509_certificates(file.read()))
    verifier = verification.PolicyBuilder().store(store).build_server_verifier(subject(name))
    verifier.verify(x509.load_pem_x509_certificate(leaf.encode()), [])


def subject(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


for line in sys.stdin:
    ca, address, port, name = line.rstrip("\n").split("\t")
    try:
        verify(ca, address, int(port), name)
        print("OK", flush=True)
    except (OSError, ValueError, verification.VerificationError) as error:
        print(str(error).replace("\n", " "), flush=True)
