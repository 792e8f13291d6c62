"""Files that the command line or ``pyproject.toml`` names: their text, and their name in a finding."""

from pathlib import Path

from ..errors import CannotRun


def read_text(file: Path, advice: str) -> str:
    """Return the text of a file. Raises ``CannotRun`` with this advice if it is missing or is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{file}: cannot be read ({error.strerror})", advice) from None
    except UnicodeDecodeError:
        raise CannotRun(f"{file}: is not UTF-8 text", advice) from None


def display_name(file: Path, root: Path | None) -> str:
    """Return the path relative to ``root`` if the file lies below it, else as it is."""
    return str(file.relative_to(root)) if root and file.is_relative_to(root) else str(file)
