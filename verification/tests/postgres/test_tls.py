"""The certificates have the faults that were asked for, and no other: by OpenSSL, and by a server and a client."""

import ssl
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from verification.postgres import driver, providers
from verification.postgres.server import Server
from verification.postgres.tls import Authority, Material
from verification.processes.run_directory import no_file


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create()


@pytest.fixture(scope="module")
def tls_server() -> Iterator[Server]:
    with providers.start("embedded", tls=True) as server:
        yield server


def test_files_are_private_from_the_start(authority: Authority, tmp_path: Path) -> None:
    """A key and a certificate are written with mode 0600, over an open file of the same name too."""
    (tmp_path / "server.key").touch(mode=0o666)

    paths = authority.issue_server().write(tmp_path, "server")

    assert [path.name for path in paths] == ["server.crt", "server.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_no_key_in_a_representation(authority: Authority) -> None:
    """The representation of a certificate does not contain its key."""
    material = authority.issue_client("app")

    assert "PRIVATE" in material.key.decode()
    assert "PRIVATE" not in repr(material)
    assert "key=" not in repr(authority)


def test_encrypted_key_opens_with_its_password_alone(authority: Authority) -> None:
    """A key with a password is encrypted: the right password opens it, none and a wrong one do not."""
    key = authority.issue_client("app", password="right").key

    assert load_pem_private_key(key, b"right")
    with pytest.raises(ValueError, match="password"):
        load_pem_private_key(key, b"wrong")
    with pytest.raises(TypeError):
        load_pem_private_key(key, None)


def _names(cases: list[tuple[Any, ...]]) -> list[str]:
    return [case[0] for case in cases]


def _values(cases: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [case[1:] for case in cases]


VERIFIED = "OK"
HOST = "db.example.test"
UNVERIFIED = "certificate verify failed"
CASES: list[tuple[Any, ...]] = [
    # id, how the certificate is issued, purpose it is verified for, what openssl says
    ("good server", {}, "sslserver", VERIFIED),
    ("expired", {"expired": True}, "sslserver", "certificate has expired"),
    ("not yet valid", {"not_yet_valid": True}, "sslserver", "certificate is not yet valid"),
    ("client usage on a server", {"usage": "client"}, "sslserver", "certificate purpose"),
    ("client usage on a client", {"usage": "client"}, "sslclient", VERIFIED),
    ("server usage on a client", {}, "sslclient", "certificate purpose"),
]


@pytest.mark.parametrize(("how", "purpose", "verdict"), _values(CASES), ids=[c[0] for c in CASES])
def test_openssl_sees_the_fault_that_was_asked_for(
    authority: Authority, tmp_path: Path, how: dict[str, Any], purpose: str, verdict: str
) -> None:
    """Each fault is the one that OpenSSL names, and the certificate without it is accepted."""
    assert verdict in _openssl_verify(authority.pem, authority.issue_server(**how), tmp_path, purpose)


def test_another_authority_of_the_same_name_is_another(authority: Authority, tmp_path: Path) -> None:
    """Certificates are distinguished by the key that signed them, not by the name of the authority."""
    stranger = Authority.create()

    assert stranger.certificate.subject == authority.certificate.subject
    assert VERIFIED not in _openssl_verify(stranger.pem, authority.issue_server(), tmp_path, "sslserver")


def test_chain_of_an_intermediate_authority_is_sent_or_not(authority: Authority) -> None:
    """An intermediate authority's certificate follows the leaf unless the chain is not sent."""
    below = authority.intermediate()

    assert below.issue_server().certificate.count(b"BEGIN CERTIFICATE") == 2
    assert below.issue_server(send_chain=False).certificate.count(b"BEGIN CERTIFICATE") == 1
    assert authority.issue_server().certificate.count(b"BEGIN CERTIFICATE") == 1


def test_python_verifies_the_authority_strictly(authority: Authority) -> None:
    """The authority passes the strict rules (RFC 5280) that Python applies from 3.13 on."""
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT

    assert len(context.get_ca_certs()) == 1


def test_verify_full_connects_with_tls(tls_server: Server, tmp_path: Path) -> None:
    """By name and by address the server's certificate is accepted, and the server says: encrypted."""
    assert tls_server.authority is not None
    root = str(tls_server.authority.write(tmp_path))

    for host in ("localhost", "127.0.0.1"):
        assert _pg_stat_ssl(tls_server, host=host, sslmode="verify-full", sslrootcert=root) == (
            True,
            "TLSv1.3",
        )


def test_clear_connections_are_refused(tls_server: Server) -> None:
    """A TLS server refuses connections without encryption."""
    with pytest.raises(driver.OperationalError, match="no encryption"):
        _pg_stat_ssl(tls_server, sslmode="disable")


# Each fault and the control that differs in it alone, all with one authority and one host name.
HANDSHAKES: list[tuple[Any, ...]] = [
    ("names the host", {"names": [HOST]}, HOST, None),
    ("names another host", {"names": ["other.example.test"]}, HOST, "does not match host name"),
    ("common name alone", {"common_name": HOST}, HOST, None),
    ("wildcard, one label", {"names": ["*.example.test"]}, HOST, None),
    ("wildcard, two labels", {"names": ["*.example.test"]}, "a.db.example.test", "does not match host name"),
    ("names the address", {"names": ["127.0.0.1"]}, "127.0.0.1", None),
    ("lacks the address", {"names": ["localhost"]}, "127.0.0.1", "does not match host name"),
    (
        "expired",
        {"names": [HOST], "expired": True},
        HOST,
        UNVERIFIED,
    ),
    (
        "revoked",
        {"names": [HOST], "revoke": True},
        HOST,
        UNVERIFIED,
    ),
    ("chain sent", {"names": [HOST], "below": True}, HOST, None),
    (
        "chain not sent",
        {"names": [HOST], "below": True, "send_chain": False},
        HOST,
        UNVERIFIED,
    ),
]


@pytest.mark.parametrize(("how", "host", "refusal"), _values(HANDSHAKES), ids=[c[0] for c in HANDSHAKES])
def test_libpq_accepts_or_refuses_the_certificate(
    tls_server: Server, tmp_path: Path, how: dict[str, Any], host: str, refusal: str | None
) -> None:
    """A real client connects to a real server with that certificate, verify-full and a revocation list."""
    how = dict(how)
    authority = tls_server.authority
    assert authority is not None
    revoke = how.pop("revoke", False)
    signer = authority.intermediate() if how.pop("below", False) else authority
    material = signer.issue_server(*how.pop("names", ()), **how)
    parameters = {"sslmode": "verify-full", "sslrootcert": str(authority.write(tmp_path))}
    if (
        signer is authority
    ):  # a list of every authority in the chain would be needed below an intermediate one
        (tmp_path / "crl.pem").write_bytes(authority.crl([material] if revoke else []))
        parameters["sslcrl"] = str(tmp_path / "crl.pem")

    tls_server.configure({}, files={"server.crt": material.certificate, "server.key": material.key})

    if refusal is None:
        assert _pg_stat_ssl(tls_server, host=host, hostaddr="127.0.0.1", **parameters) == (True, "TLSv1.3")
    else:
        with pytest.raises(driver.OperationalError, match=refusal):
            _pg_stat_ssl(tls_server, host=host, hostaddr="127.0.0.1", **parameters)


def _openssl_verify(root: bytes, material: Material, directory: Path, purpose: str) -> str:
    (directory / "root.pem").write_bytes(root)
    (directory / "leaf.pem").write_bytes(material.certificate)
    command = ["openssl", "verify", "-purpose", purpose, "-CAfile", "root.pem", "leaf.pem"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _pg_stat_ssl(server: Server, **parameters: str) -> tuple[Any, ...]:
    keywords: dict[str, Any] = {"host": server.host, "port": server.port, "user": server.user}
    keywords |= {"password": server.password, "dbname": "postgres", "sslcert": str(no_file())}
    connection = driver.connect(**(keywords | parameters))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            return tuple(cursor.fetchone() or ())
    finally:
        connection.close()
