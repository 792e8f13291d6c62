"""A child that answers: nothing of the project's code disturbs it, and each of its ends is told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import verification
from verification.errors import CannotRun
from verification.processes import serve
from verification.processes.child import Child, ChildFailed
from verification.processes.wait import wait_for

PREAMBLE = f"""
import importlib.util, os, signal, sys, time
spec = importlib.util.spec_from_file_location("protocol", {serve.__file__!r})
protocol = importlib.util.module_from_spec(spec)
spec.loader.exec_module(protocol)
def forked(work):
    outcome = protocol.in_fork(work, capture=True)
    return {{"answer": outcome.answer, "printed": outcome.printed, "status": outcome.status}}
def answer(request):
    return eval(request["do"])
"""


def child(tmp_path: Path, *, python: str = sys.executable, silent: bool = False) -> Child:
    """A process that evaluates what it is asked; the harness cannot be imported there."""
    script = tmp_path / "script.py"
    script.write_text(f"{PREAMBLE}\nprotocol.serve(answer, silent={silent})\n", encoding="utf-8")
    environment = {"PATH": os.environ["PATH"]}
    return Child("the child", [python, "-I", str(script)], environment=environment, directory=tmp_path)


@pytest.mark.parametrize("silent", [False, True])
def test_prints_and_questions_do_not_disturb(tmp_path: Path, silent: bool) -> None:
    """Code of the project prints to all descriptors and reads its input; the answer comes all the same."""
    noise = (
        "os.write(1, b'noise\\n'), print('noise'), os.system('echo noise; cat'), os.write(2, b'x' * 200000)"
    )
    with child(tmp_path, silent=silent) as process:
        reply = process.ask({"do": f"({noise}) and {{'read': sys.stdin.read()}}"}, 30)

    assert reply == {"read": ""}


def test_answers_of_any_size_and_in_order(tmp_path: Path) -> None:
    """Large answers pass, from a fork too, and a second request gets its own answer."""
    with child(tmp_path) as process:
        large = process.ask({"do": "forked(lambda: {'text': 'a' * 300000})"}, 30)
        small = process.ask({"do": "{'text': 'ä'}"}, 30)

    assert len(large["answer"]["text"]) == 300000
    assert small == {"text": "ä"}


@pytest.mark.parametrize(
    ("code", "error"),
    [("sys.exit(3)", "SystemExit: 3"), ("1 / 0", "ZeroDivisionError: division by zero")],
)
def test_an_exception_is_an_answer(tmp_path: Path, code: str, error: str) -> None:
    """So is ``SystemExit``; the process answers the next request."""
    with child(tmp_path) as process:
        assert process.ask({"do": code}, 30) == {"error": error}
        assert process.ask({"do": "{}"}, 30) == {}


def test_last_line_of_a_dead_child(tmp_path: Path) -> None:
    """The message names the last line that the child wrote."""
    with child(tmp_path) as process:
        with pytest.raises(CannotRun, match=r"^the child \(the reason\)$"):
            process.ask({"do": "os.write(2, b'first\\nthe reason\\n') and os._exit(0)"}, 30)
        with pytest.raises(CannotRun, match="ended before"):
            process.ask({"do": "{}"}, 30)


def test_silent_child_is_ended(tmp_path: Path) -> None:
    """A child that gives no answer in time is killed."""
    with child(tmp_path) as process:
        pid = process.ask({"do": "{'pid': os.getpid()}"}, 30)["pid"]
        process.send({"do": "time.sleep(1000)"})
        with pytest.raises(ChildFailed, match="no answer within 0 s") as failure:
            process.receive(0.1)

    assert failure.value.kind == "timeout"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("os._exit(0)", 0),
        ("os._exit(7)", 7),
        ("sys.exit(0)", 1),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_fork_that_ends_without_an_answer(tmp_path: Path, code: str, status: int) -> None:
    """A job that ends its process has no answer, whatever its status, and the next one is done."""
    with child(tmp_path) as process:
        reply = process.ask({"do": f"forked(lambda: {code})"}, 30)
        after = process.ask({"do": "forked(lambda: print('said') or {'good': 1})"}, 30)

    assert (reply["answer"], reply["status"]) == (None, status)
    assert after == {"answer": {"good": 1}, "printed": "said\n", "status": 0}


def test_process_left_by_a_fork_holds_nothing_up(tmp_path: Path) -> None:
    """A fork's answer comes although a process that it started goes on."""
    with child(tmp_path) as process:
        reply = process.ask({"do": "forked(lambda: {'left': os.fork() or time.sleep(1000)})"}, 30)

    assert reply["answer"]["left"]


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_child_ends_with_its_parent(tmp_path: Path, end: str) -> None:
    """A parent that forgets to close it, or is killed, leaves no child."""
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from verification.tests.processes.test_child import child\n"
        f"process = child(Path({str(tmp_path)!r}))\n"
        "print(process.ask({'do': \"{'pid': os.getpid()}\"})['pid'], flush=True)\n"
        f"{end}\n"
    )
    harness = str(Path(verification.__file__).resolve().parent.parent)
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": harness},
        capture_output=True,
        text=True,
        check=False,
    )
    pid = int(run.stdout)

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True

    assert wait_for(is_gone, seconds=20)
