"""Which addresses a webhook may reach: public ones, and the networks the operator named.

The name is resolved here and the connection goes to the address that was checked, at saving and again at every attempt, so that a
name which answers differently a second later reaches nothing inside (DNS rebinding).
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from wsr.errors import DomainError

# Public by number and yet inside: the platform services of a cloud provider, RFC 6052 and 8215 (IPv4 within IPv6).
_INSIDE = (ip_network("168.63.129.16/32"),)
_EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class AddressRefused(DomainError):
    """The address leads nowhere, or to where webhooks may not go."""


@dataclass(frozen=True)
class Target:
    """A checked address: what to connect to, and what to say there."""

    ip: str
    port: int
    host: str
    path: str
    is_encrypted: bool


def check(url: str) -> list[Target]:
    """Where this URL leads, each address checked. Raises AddressRefused."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused(_("The port in this address is not a number up to 65535.")) from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise AddressRefused(_("Begin the address with https:// and a host name."))
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused(_("Leave out names, passwords and # in the address."))
    if any(ord(sign) <= ord(" ") or ord(sign) > ord("~") for sign in url):
        raise AddressRefused(_("Write the address without spaces and in ASCII characters."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = _resolve(parts.hostname, port)
    for ip in found:
        _refuse_inside(ip, is_encrypted=parts.scheme == "https")
    return [Target(ip, port, parts.hostname, path, parts.scheme == "https") for ip in found]


def _resolve(host: str, port: int) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(_("There is no host of this name.")) from None
    return list(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))


def _refuse_inside(ip: str, *, is_encrypted: bool) -> None:
    address = _unwrapped(ip_address(ip))
    allowed = [ip_network(network) for network in settings.WEBHOOK_NETWORKS]
    if any(address in network for network in allowed if network.version == address.version):
        return
    if not is_encrypted:
        raise AddressRefused(_("Use https, so that nobody on the way can read or change what is sent."))
    if not is_public(address):
        raise AddressRefused(
            _("This address is inside a private network. Use one that is reachable from the internet.")
        )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Neither private, loopback, link-local, shared, reserved, multicast, nor a metadata service."""
    address = _unwrapped(address)
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if getattr(address, "is_site_local", False):
        return False
    return not any(address in network for network in _INSIDE if network.version == address.version)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one, where there is one: that is where a gateway would lead."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and any(address in network for network in _EMBEDDING):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
