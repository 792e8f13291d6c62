"""Reading traces: which calls belong to which request."""

import pytest

from verification.health.detectors.strace import read

SERVED = """\
7 accept4(5, {sa_family=AF_INET, sin_port=htons(4), sin_addr=inet_addr("127.0.0.1")}, [16], SOCK_CLOEXEC) = 9
7 getsockname(9, {sa_family=AF_INET}, [16]) = 0
7 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, stack=0x7f}, 88) = 8
8 recvfrom(9, "GET /health HTTP/1.1\\r\\nHost: x", 8192, 0, NULL, NULL) = 60
8 sendto(9, "HTTP/1.1 200 OK\\r\\n", 160, 0, NULL, 0) = 160
8 shutdown(9, SHUT_RDWR) = 0
7 kill(6, SIGURG) = 0
"""
REQUEST = '8 recvfrom(9, "GET /health?x=1 HTTP/1.1\\r\\n", 8192, 0, NULL, NULL) = 60\n'


def test_serving_is_no_violation() -> None:
    """Accepting, reading, answering and a thread of the server's own pool are not outgoing calls."""
    calls = read(SERVED.splitlines())["/health"]

    assert (calls.requests, calls.cold, calls.warm) == (1, [], [])


@pytest.mark.parametrize(
    "call",
    [
        "8 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 10",
        '8 connect(10, {sa_family=AF_UNIX, sun_path="/run/postgresql/.s.PGSQL.5432"}, 110) = 0',
        '8 sendto(10, "Q\\0\\0\\0\\rSELECT 1\\0", 14, MSG_NOSIGNAL, NULL, 0) = 14',
        '8 recvfrom(10, "T\\0\\0\\0", 16384, 0, NULL, NULL) = 66',
        '8 execve("/usr/bin/true", ["true"], 0x7ffd /* 9 vars */) = 0',
        "8 vfork( <unfinished ...>",
        "8 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 11",
        "8 sendmmsg(10, [{msg_hdr={}}], 2, MSG_NOSIGNAL) = 2",
    ],
)
def test_outgoing_calls_are_seen(call: str) -> None:
    """An outgoing call is assigned to its request, the first request apart from later ones."""
    cold = read([*SERVED.splitlines(), call])["/health"]
    warm = read([*SERVED.splitlines(), *REQUEST.splitlines(), call])["/health"]

    assert (len(cold.cold), len(cold.warm)) == (1, 0)
    assert (len(warm.cold), len(warm.warm), warm.requests) == (0, 1, 2)


def test_start_is_no_request() -> None:
    """What the server does before its first request is no violation."""
    start = ["7 socket(AF_INET, SOCK_STREAM, 0) = 4", "7 connect(4, {sa_family=AF_INET}, 16) = 0"]

    assert read(start) == {}
    assert read([*start, *SERVED.splitlines()])["/health"].cold == []


def test_interrupted_accept() -> None:
    """A socket that was accepted by an interrupted call is a client's."""
    lines = [
        "7 accept4(5,  <unfinished ...>",
        "8 exit(0) = ?",
        "7 <... accept4 resumed>{sa_family=AF_INET}, [16], SOCK_CLOEXEC) = 9",
        *REQUEST.splitlines(),
        '8 sendto(9, "HTTP/1.1 200 OK", 160, 0, NULL, 0) = 160',
    ]

    assert read(lines)["/health"].cold == []
