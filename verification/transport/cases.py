"""The cases: client settings x server configuration -> what libpq must do.

One case a line. ``Case(number, what, server, mode, ...)``: the server's configuration by its name in
``tls_server.CONFIGURATIONS``, libpq's sslmode, and what else the client is given. A case expects one of

    IN_TLS     connected, and the server says that the session is encrypted
    IN_CLEAR   connected, and the server says that it is not
    a text     refused, in words that hold it (libpq's and the server's own)

libpq reports many causes with the same words, so a refusal proves its cause only with a control: the
number of a case that connects and differs in exactly one attribute, which ``differences`` names.
Source of the expected outcomes: https://www.postgresql.org/docs/current/libpq-ssl.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

IN_TLS: Final = "connected over TLS"
IN_CLEAR: Final = "connected in clear"

ROOT: Final = "root.crt"
OTHER_ROOT: Final = "other-root.crt"
MISSING: Final = "missing.file"
SYSTEM: Final = "system"
_VERIFY: Final = "certificate verify failed"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a case needs to run."""

    server: int = 0
    """The oldest major version of the server."""
    server_below: int = 1000
    """The major version before which the server must be."""
    libpq: int = 0
    """The oldest major version of libpq."""
    root: bool = False
    """The harness runs as root."""


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    number: str
    what: str
    server: str
    mode: str
    outcome: str
    control: str = ""
    root: str = ROOT
    """The client's root certificate: a file's name, ``system``, or nothing."""
    user: str = "tls_only"
    host: str = "localhost"
    certificate: str = ""
    """The client's certificate file."""
    key: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    """Other libpq keywords."""
    home: str = "empty"
    """``empty``, or ``other`` with the root certificate of another authority in it."""
    account: str = "ordinary"
    """``ordinary``, or ``root``."""
    needs: Needs = field(default_factory=Needs)

    @property
    def refused(self) -> bool:
        """Whether the connection must be refused."""
        return self.outcome not in {IN_TLS, IN_CLEAR}

    def differences(self, other: "Case") -> list[str]:
        """Return the attributes in which two cases differ; certificate and key count as one, the identity."""
        names = {
            "identity" if attribute.name in {"certificate", "key"} else attribute.name
            for attribute in fields(self)
            if attribute.name not in {"number", "what", "outcome", "control", "needs", "more"}
            and getattr(self, attribute.name) != getattr(other, attribute.name)
        }
        keywords = self.more.keys() | other.more.keys()
        names |= {keyword for keyword in keywords if self.more.get(keyword) != other.more.get(keyword)}
        return sorted(names)


def _client(
    number: str,
    what: str,
    outcome: str,
    control: str = "",
    *,
    identity: str = "good",
    key: str = "",
    server: str = "good",
    user: str = "by_certificate",
    account: str = "ordinary",
    needs: Needs | None = None,
    **more: str,
) -> Case:
    """Return a case about the client's certificate: by default verify-full with a good server."""
    return Case(
        number,
        what,
        server,
        "verify-full",
        outcome,
        control,
        user=user,
        certificate=f"{identity}.crt" if identity else "",
        key=key or (f"{identity}.key" if identity else ""),
        more=more,
        account=account,
        needs=needs or Needs(),
    )


_MTLS: Final = "requires a valid client certificate"
_BINDING: Final = {"channel_binding": "require"}
_DIRECT: Final = {"sslnegotiation": "direct"}
_FROM_17: Final = Needs(server=17, libpq=17)

# fmt: off
CASES: Final[tuple[Case, ...]] = (
    # The server's certificate.
    Case("1a", "good chain, require", "good", "require", IN_TLS),
    Case("1b", "good chain, verify-ca", "good", "verify-ca", IN_TLS),
    Case("1c", "good chain, verify-full", "good", "verify-full", IN_TLS),
    Case("1d", "good chain, prefer", "good", "prefer", IN_TLS),
    Case("1e", "good chain, allow where TLS is the only way in", "good", "allow", IN_TLS),
    Case("2a", "verify-ca, no root file", "good", "verify-ca", "does not exist", "1b", root=MISSING),
    Case("2b", "verify-full, no root file", "good", "verify-full", "does not exist", "1c", root=MISSING),
    Case("3", "require, root file missing: unverified", "other authority", "require", IN_TLS, root=MISSING),
    Case("4a", "another authority, require with root", "other authority", "require", _VERIFY, "1a"),
    Case("4b", "another authority, verify-ca", "other authority", "verify-ca", _VERIFY, "1b"),
    Case("4c", "another authority, verify-full", "other authority", "verify-full", _VERIFY, "1c"),
    Case("5", "another authority, prefer, clear allowed", "other authority", "prefer", IN_CLEAR, user="either_way"),
    Case("6a", "prefer, server without TLS", "without TLS", "prefer", IN_CLEAR, user="either_way"),
    Case("6b", "prefer, clear is the only way in", "good", "prefer", IN_CLEAR, user="clear_only"),
    Case("6c", "require, server without TLS", "without TLS", "require",
         "server does not support SSL, but SSL was required", "6d", user="either_way"),
    Case("6d", "require, either way in", "good", "require", IN_TLS, user="either_way"),
    Case("6e", "disable, either way in", "good", "disable", IN_CLEAR, user="either_way"),
    Case("6f", "allow, either way in", "good", "allow", IN_CLEAR, user="either_way"),
    Case("7", "disable, TLS is the only way in", "good", "disable", "no encryption", "1a"),
    Case("8a", "another host name, verify-full", "other name", "verify-full", "does not match host name", "1c"),
    Case("8b", "another host name, verify-ca", "other name", "verify-ca", IN_TLS),
    Case("8c", "another host name, require", "other name", "require", IN_TLS),
    Case("9a", "by address, which the certificate names", "good", "verify-full", IN_TLS, host="127.0.0.1"),
    Case("9b", "by address, which it does not name", "name without address", "verify-full",
         "does not match host name", "9a", host="127.0.0.1"),
    Case("10a", "only a common name", "common name", "verify-full", IN_TLS),
    Case("10b", "wildcard, one label", "wildcard", "verify-full", IN_TLS, host="db.shop.invalid"),
    Case("10c", "wildcard, two labels", "wildcard", "verify-full", "does not match host name", "10b",
         host="a.db.shop.invalid"),
    Case("11a", "expired, verify-full", "expired", "verify-full", _VERIFY, "1c"),
    Case("11b", "not yet valid, verify-full", "not yet valid", "verify-full", _VERIFY, "1c"),
    Case("11c", "usage of clients only, verify-full", "client usage", "verify-full", _VERIFY, "1c"),
    Case("11d", "expired, require without root: unverified", "expired", "require", IN_TLS, root=MISSING),
    Case("12a", "revoked, no list", "good", "verify-full", IN_TLS),
    Case("12b", "revoked, with the list", "good", "verify-full", _VERIFY, "12a", more={"sslcrl": "server.crl"}),
    Case("12c", "revoked, path of the list missing", "good", "verify-full", IN_TLS, more={"sslcrl": MISSING}),
    Case("12d", "list of another authority", "good", "verify-full", _VERIFY, "12a", more={"sslcrl": "other.crl"}),
    Case("13a", "system's authorities, verify-full", "good", "verify-full", _VERIFY, "1c", root=SYSTEM,
         needs=Needs(libpq=16)),
    Case("13b", "system's authorities, require", "good", "require", "weak sslmode", "1a", root=SYSTEM,
         needs=Needs(libpq=16)),
    Case("14", "misspelt mode", "good", "verify_full", "invalid sslmode value", "1c"),
    # The client's certificate.
    _client("15a", "certificate asked for: none given", _MTLS, "15c", identity="", user="any_certificate"),
    _client("15b", "certificate asked for: file missing", _MTLS, "15c", identity="missing", user="any_certificate"),
    _client("15c", "certificate asked for: a good one", IN_TLS, user="any_certificate"),
    _client("15d", "by certificate alone", IN_TLS),
    _client("16a", "of another authority", "unknown ca", "15d", identity="other"),
    _client("16b", "expired", "certificate expired", "15d", identity="expired"),
    _client("16c", "revoked, server with its list", "certificate revoked", "16d", identity="revoked",
            server="revokes clients"),
    _client("16d", "not revoked, server with its list", IN_TLS, server="revokes clients"),
    _client("16e", "revoked, server without a list", IN_TLS, identity="revoked"),
    _client("17a", "somebody else's, cert", "authentication failed", "15d", identity="somebody"),
    _client("17b", "somebody else's, clientcert=verify-full", "authentication failed", "17c", identity="somebody",
            user="named_certificate"),
    _client("17c", "the user's own, clientcert=verify-full", IN_TLS, identity="named", user="named_certificate"),
    _client("17d", "somebody else's, clientcert=verify-ca", IN_TLS, identity="somebody", user="any_certificate"),
    _client("18a", "key with mode 0644", "has group or world access", "15d", key="open.key"),
    _client("18b", "key with mode 0640 owned by root, as root", IN_TLS, key="group.key", account="root",
            needs=Needs(root=True)),
    _client("19a", "key missing", "but not private key file", "15d", key=MISSING),
    _client("19b", "key of another certificate", "key values mismatch", "15d", key="expired.key"),
    _client("20a", "encrypted key, right password", IN_TLS, identity="encrypted", sslpassword="right"),
    _client("20b", "encrypted key, wrong password", "bad decrypt", "20a", identity="encrypted", sslpassword="wrong"),
    _client("20c", "encrypted key, no password: no prompt, no waiting", "could not load private key", "20a",
            identity="encrypted"),
    # Channel binding, versions, negotiation.
    Case("21a", "channel binding over TLS", "good", "require", IN_TLS, user="either_way", more=_BINDING),
    Case("21b", "channel binding in clear", "good", "disable", "channel binding", "21a", user="either_way",
         more=_BINDING),
    _client("21c", "channel binding with certificate authentication", "channel binding", "15d",
            channel_binding="require"),
    Case("22a", "bounds of TLS versions do not overlap", "at most TLS 1.2", "require", "protocol version", "22b",
         more={"ssl_min_protocol_version": "TLSv1.3"}),
    Case("22b", "bounds of TLS versions overlap", "good", "require", IN_TLS,
         more={"ssl_min_protocol_version": "TLSv1.3"}),
    Case("23a", "direct negotiation", "good", "require", IN_TLS, more=_DIRECT, needs=_FROM_17),
    Case("23b", "direct negotiation with a server that does not know it", "good", "require", "eof", "1a",
         more=_DIRECT, needs=Needs(server_below=17, libpq=17)),
    Case("23c", "direct negotiation, prefer", "good", "prefer", "weak sslmode", "1d", more=_DIRECT,
         needs=Needs(libpq=17)),
    _client("24a", "certificate must be asked for, and is", IN_TLS, user="tls_only", sslcertmode="require",
            needs=Needs(libpq=16)),
    _client("24b", "certificate must be asked for, and is not", "did not request", "24a", user="tls_only",
            server="asks for no certificate", sslcertmode="require", needs=Needs(libpq=16)),
    # What the home directory does to a client that names no root certificate.
    Case("25a", "empty home, require", "good", "require", IN_TLS, root=""),
    Case("25b", "root of another authority in the home, require", "good", "require", _VERIFY, "25a", root="",
         home="other"),
    Case("25c", "root of another authority in the home, prefer", "good", "prefer", _VERIFY, "25d", root="",
         home="other"),
    Case("25d", "empty home, prefer", "good", "prefer", IN_TLS, root=""),
    Case("26a", "intermediate authority, chain sent", "intermediate", "verify-full", IN_TLS),
    Case("26b", "intermediate authority, chain not sent", "intermediate, chain not sent", "verify-full", _VERIFY,
         "26a"),
)
# fmt: on
