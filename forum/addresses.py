"""Where a request comes from: what attempts to sign in and requests of visitors are counted by."""

import ipaddress

from flask import Request, current_app


def address_of(request: Request) -> str:
    """Where a request comes from, an IPv6 address by its /64, which is one household's.

    X-Forwarded-For counts only behind a proxy of our own: the site is public under https and the peer is this machine. Then
    the last hop is the proxy's word; whatever stands before it is the visitor's.
    """
    peer = _parsed(request.remote_addr or "")
    if peer and peer.is_loopback and current_app.extensions["settings"].is_https:
        peer = _parsed(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()) or peer
    if isinstance(peer, ipaddress.IPv6Address):
        return str(peer.ipv4_mapped or ipaddress.ip_network((peer, 64), strict=False))
    return str(peer)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
