"""The address of the client: that of the connection, or the one that a proxy of ours names."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR, which everything else reads, to the client's address.

    X-Forwarded-For is read from its end, where our proxies write; the first address that is none of TRUSTED_PROXIES
    is the client's. What stands before it may be invented, and without a trusted proxy the whole header is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Store the next middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on with its client's address."""
        request.META["REMOTE_ADDR"] = _client(request)
        return self.get_response(request)


def address_of(request: HttpRequest) -> str:
    """Return the client's address as text; "-" where there is none, as on a Unix socket."""
    return str(request.META.get("REMOTE_ADDR") or "-")


def ip_of(request: HttpRequest) -> str | None:
    """Return the client's address if it is one of the Internet."""
    address = address_of(request)
    return address if _parsed(address) else None


def are_told_apart() -> bool:
    """Return whether clients have addresses of their own: behind a proxy that is not trusted all share its address."""
    return bool(settings.TRUSTED_PROXIES) or not settings.USE_X_FORWARDED_PROTO


def _client(request: HttpRequest) -> str:
    address = str(request.META.get("REMOTE_ADDR", ""))
    for named in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not _is_trusted(address) or _parsed(named.strip()) is None:
            break
        address = named.strip()
    return address


def _is_trusted(text: str) -> bool:
    address = _parsed(text)
    return address is not None and any(
        address in network for network in _networks(tuple(settings.TRUSTED_PROXIES))
    )


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


@cache
def _networks(names: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name, strict=False) for name in names]
