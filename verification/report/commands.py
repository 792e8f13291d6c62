"""``python -m verification report``: draw the HTML page of a result file again."""

import argparse
import json
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..extras import require
from .history import NAME
from .run import FORMAT


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser("report")
    parser.add_argument("result", type=Path, metavar="RESULT.json")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.html")
    parser.set_defaults(handler=report)


def report(arguments: argparse.Namespace) -> int:
    """Write the page and return 0, whatever the verdict of the result is."""
    content = read(arguments.result)
    require("run", "report")
    from .html import render

    try:
        page = render(content, history=arguments.result.parent / NAME)
        arguments.output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{arguments.output}: {error.strerror}", "name a file that can be written") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise CannotRun(
            f"{arguments.result}: not the result of a run (parts are missing)", "run the gate again"
        ) from None
    return 0


def read(path: Path) -> dict[str, Any]:
    """Return the content of a result file. Raises ``CannotRun`` if it is absent, damaged or of another format."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}", "name the verification.json of a run") from None
    except ValueError:
        raise CannotRun(f"{path}: damaged, not JSON", "run the gate again") from None
    version = content.get("format") if isinstance(content, dict) else None
    if not isinstance(content, dict) or version != FORMAT:
        raise CannotRun(
            f"{path}: result format {version!r}, this harness reads {FORMAT}", "run the gate again"
        )
    return content
