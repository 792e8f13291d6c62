"""The tutorial as a reader follows it: each block of docs/tutorial.md in turn, with the wheel of this checkout.

Exit status 1, with the output, if a command ends otherwise than the page says or prints other lines.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Final

from . import published

PAGE: Final = published.REPOSITORY / "docs" / "tutorial.md"
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STATUS: Final = {"django-postgres-verification deploy": 1}
"""Commands that end with another status than 0."""
IDENTITY: Final = {
    f"GIT_{role}_{key}": "reader@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
}
BOX: Final = re.compile(r"[─-╿]")


class Reader:
    """Does in an empty folder what the page says."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._folder = folder
        ours = ("DB_", "DJANGO", "PYTEST", "VIRTUAL_ENV", "PYTHON")
        self._variables = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        self._variables |= {**IDENTITY, "PIP_FIND_LINKS": str(wheels)}
        self._said = ""

    def follow(self, kind: str, block: str) -> str:
        """Do one block; return what is wrong."""
        return {"sh": self._run, "python": self._write, "text": self._compare}[kind](block)

    def _run(self, block: str) -> str:
        expected = next((status for command, status in STATUS.items() if block.startswith(command)), 0)
        if (self._folder / "shop/migrations/0001_initial.py").exists() and "makemigrations" in block:
            models = self._folder / "shop" / "models.py"
            models.write_text(models.read_text().replace("paid =", "is_paid ="))
            block = f"echo y | {block}"
        begun = time.monotonic()
        done = subprocess.run(
            ["bash", "-ec", f"if [ -d .venv ]; then . .venv/bin/activate; fi\n{block}"],
            cwd=self._folder, env=self._variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        self._said = done.stdout
        print(f"{time.monotonic() - begun:4.0f} s  {block.strip().splitlines()[-1]}", flush=True)
        return "" if done.returncode == expected else f"exit status {done.returncode}, expected {expected}"

    def _write(self, block: str) -> str:
        settings, models = (self._folder / name for name in ("mysite/settings.py", "shop/models.py"))
        if "DATABASES" not in block:
            models.write_text(f"{models.read_text()}\n\n{block}")
            return ""
        text = settings.read_text().replace("INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "shop",')
        settings.write_text(re.sub(r"^DATABASES = \{.*?^\}\n", block, text, flags=re.MULTILINE | re.DOTALL))
        return ""

    def _compare(self, block: str) -> str:
        said = " ".join(BOX.sub(" ", self._said).split())
        missing = [line.strip() for line in block.splitlines() if " ".join(line.split()) not in said]
        return f"not printed: {missing}" if missing else ""

    def show(self) -> None:
        """Print what the last command has said."""
        print(self._said)


def main() -> int:
    """Follow the page; return the exit status."""
    with tempfile.TemporaryDirectory(prefix="tutorial-") as name:
        wheels, folder = Path(name, "wheels"), Path(name, "reader")
        folder.mkdir()
        venv.create(Path(name, "builder"), with_pip=True)
        pip = (str(Path(name, "builder", "bin", "python")), "-m", "pip")
        subprocess.run([*pip, "wheel", "-qq", "--no-deps", "-w", wheels, published.REPOSITORY], check=True)
        reader = Reader(folder, wheels)
        for kind, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if wrong := reader.follow(kind, block):
                reader.show()
                print(f"{PAGE.name}: {wrong}, at:\n{block}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
