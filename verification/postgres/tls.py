"""Certificates for test servers and their clients, good ones and faulty ones.

They are made in memory with elliptic-curve keys (P-256); only ``write`` creates files. A fault is a keyword
argument, so that a faulty certificate and its control differ in one word. (trustme has no keyword for the usage
of a certificate, for one without alternative names, for an encrypted key or for a revocation list.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .server_files import DEFAULT_NAMES, write_private

Usage = Literal["server", "client"]

_LIFETIME: Final = timedelta(days=30)
_BACKDATED: Final = timedelta(days=60)
"""Authorities are older than any expired certificate, so that only the leaf is expired."""
_USAGES: Final = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}


@dataclass(frozen=True)
class Material:
    """A certificate (PEM, followed by the chain that its owner sends) and its private key (PEM)."""

    certificate: bytes
    key: bytes = field(repr=False)

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate without the chain."""
        return x509.load_pem_x509_certificate(self.certificate)

    def write(self, directory: Path, stem: str) -> tuple[Path, Path]:
        """Write ``stem.crt`` and ``stem.key`` (both mode 0600) and return their paths."""
        return (
            write_private(directory / f"{stem}.crt", self.certificate),
            write_private(directory / f"{stem}.key", self.key),
        )


@dataclass(frozen=True)
class Authority:
    """A certificate authority: a root, or an intermediate one below it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    chain: bytes = b""
    """PEM of this authority and those above it, without the root: what a server sends with its certificate."""

    @classmethod
    def create(cls, name: str = "verification authority", *, days: int = 60) -> Self:
        """Return a new root authority that ends in so many days; two with the same name have different keys."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        ends = datetime.now(UTC) + timedelta(days=days)
        certificate = _sign_authority(subject, key.public_key(), subject, key, path_length=1, ends=ends)
        return cls(certificate, key)

    @property
    def pem(self) -> bytes:
        """Its certificate, for ``sslrootcert`` and ``ssl_ca_file``."""
        return self.certificate.public_bytes(Encoding.PEM)

    def write(self, directory: Path, stem: str = "root") -> Path:
        """Write ``stem.crt`` and return its path."""
        return write_private(directory / f"{stem}.crt", self.pem)

    def intermediate(self, name: str = "verification intermediate") -> "Authority":
        """Return a new authority below this one, whose certificates include the chain."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign_authority(
            _name(name),
            key.public_key(),
            self.certificate.subject,
            self.key,
            path_length=0,
            ends=self.certificate.not_valid_after_utc,
        )
        return Authority(certificate, key, certificate.public_bytes(Encoding.PEM) + self.chain)

    def issue_server(
        self,
        *names: str,
        common_name: str | None = None,
        expired: bool = False,
        not_yet_valid: bool = False,
        usage: Usage = "server",
        send_chain: bool = True,
        password: str | None = None,
    ) -> Material:
        """Return a new certificate of a server.

        ``names`` are host names, with wildcards or without, and IP addresses: its alternative names. With only
        ``common_name`` it has no alternative names; without both it has ``DEFAULT_NAMES``.
        """
        if not names and common_name is None:
            names = DEFAULT_NAMES
        validity = _validity(expired=expired, not_yet_valid=not_yet_valid)
        chain = self.chain if send_chain else b""
        return self._issue(
            common_name or names[0], names, usage=usage, validity=validity, chain=chain, password=password
        )

    def issue_client(
        self,
        user: str,
        *,
        expired: bool = False,
        not_yet_valid: bool = False,
        days: int | None = None,
        usage: Usage = "client",
        send_chain: bool = True,
        password: str | None = None,
    ) -> Material:
        """Return a new certificate of a client, with the PostgreSQL user as its common name.

        ``days``: from now to its end.
        """
        validity = _validity(expired=expired, not_yet_valid=not_yet_valid)
        if days is not None:
            validity = validity[0], datetime.now(UTC) + timedelta(days=days)
        chain = self.chain if send_chain else b""
        return self._issue(user, (), usage=usage, validity=validity, chain=chain, password=password)

    def crl(self, revoked: Iterable[Material] = ()) -> bytes:
        """Return the authority's revocation list (PEM) with these certificates."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + _LIFETIME)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(_authority_identifier(self.certificate), critical=False)
        )
        for material in revoked:
            entry = x509.RevokedCertificateBuilder(material.leaf.serial_number, now - timedelta(hours=1))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _issue(
        self,
        common_name: str,
        names: Sequence[str],
        *,
        usage: Usage,
        validity: tuple[datetime, datetime],
        chain: bytes,
        password: str | None,
    ) -> Material:
        key = ec.generate_private_key(ec.SECP256R1())
        not_before, not_after = validity
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([_USAGES[usage]]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_authority_identifier(self.certificate), critical=False)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([_alternative_name(name) for name in names])
            builder = builder.add_extension(alternatives, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return Material(
            certificate + chain,
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption),
        )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _validity(*, expired: bool, not_yet_valid: bool) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    if expired:
        return now - timedelta(days=2), now - timedelta(days=1)
    if not_yet_valid:
        return now + timedelta(days=1), now + timedelta(days=2)
    return now - timedelta(hours=1), now + _LIFETIME


def _authority_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(*, digital_signature: bool = False, authority: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _sign_authority(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    path_length: int,
    ends: datetime,
) -> x509.Certificate:
    now = datetime.now(UTC)
    issuer_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(issuer_identifier, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
