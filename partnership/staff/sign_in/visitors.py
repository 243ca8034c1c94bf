"""Where a request comes from."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNIX_SOCKET = "unix"  # in TRUSTED_PROXIES: whoever reaches us through a socket of this machine


def visitor_address(request: HttpRequest) -> str:
    """Return the visitor's own address.

    Each trusted proxy says at the end of X-Forwarded-For who asked it; what anybody else wrote there does not count.
    """
    address = str(request.META.get("REMOTE_ADDR") or UNIX_SOCKET)
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while hops and _is_trusted(address) and _is_address(hops[-1]):
        address = hops.pop()
    return address


def _is_trusted(address: str) -> bool:
    if address == UNIX_SOCKET:
        return UNIX_SOCKET in settings.TRUSTED_PROXIES
    networks = (ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES if one != UNIX_SOCKET)
    return any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
