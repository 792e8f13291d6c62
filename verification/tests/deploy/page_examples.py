"""The examples of the pages of ``explain``: read from the page, run, and what they print."""

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console

from verification.deploy import show, suppressions
from verification.deploy.finding import FAMILIES, Finding
from verification.project.configuration import load
from verification.tests.deploy.store import Store

PAGES: Final = Path(suppressions.__file__).parents[1] / "explain/pages"
COLUMNS: Final = 100
PARTS: Final = {
    **dict.fromkeys(FAMILIES["traffic"], "traffic"),
    **dict.fromkeys(FAMILIES["compatibility"], "compatibility"),
    **dict.fromkeys(FAMILIES["concurrency"], "race"),
    "deadlock": "deadlock",
    "not-reversible": "way back",
    "reverse-differs": "way back",
    "not-retry-safe": "interruption",
    "invalid-index-left": "interruption",
}
"""Code -> the part that finds it, where plan and cost do not."""
_SECTION: Final = re.compile(r"^## (Bad|Good)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"# (\S+)\n")
_MOVED: Final = re.compile(r"\$ git mv (\S+) (\S+)\n")
_MEASURED: Final = re.compile(r"\d+(?:\.\d+)?(?= ms| calls| s\b| MB)")


@dataclass(frozen=True)
class Example:
    """One section of a page."""

    code: str
    good: bool
    text: str

    @property
    def printed(self) -> str:
        """What the page says that it prints."""
        return next(str(text) for kind, text in _BLOCK.findall(self.text) if kind == "text")

    def files(self, folder: Path) -> dict[str, str | None]:
        """Return the files that it adds to the base or changes there."""
        found: dict[str, str | None] = {}
        for kind, text in _BLOCK.findall(self.text):
            if kind == "text":
                continue
            if moved := _MOVED.match(text):
                found[moved[2]], found[moved[1]] = (folder / moved[1]).read_text(), None
                continue
            named = _FILE.match(text)
            assert named, text
            body = text[named.end() :]
            before = found.get(named[1]) or ((folder / named[1]).read_text() if kind == "diff" else "")
            found[named[1]] = _patched(before, body) if kind == "diff" else body
        return found

    def run(self, shop: Store) -> tuple[str, list[Finding]]:
        """Return what the findings of the code's family look like, and the findings."""
        files = self.files(shop.folder)
        part = PARTS.get(self.code)
        family = next(codes for codes in FAMILIES.values() if self.code in codes)
        release = shop.judge_files(files, *([part] if part else []))
        findings = release.findings
        if "pyproject.toml" in files:
            with shop.files(files):
                accepted = suppressions.read(load(shop.folder))
            findings = suppressions.apply(
                findings, accepted, date(2027, 1, 1), new=release.plan, applied=shop.base_files.keys()
            )
            family = (*family, *FAMILIES["cost"])
        of_family = [each for each in findings if each.code in family]
        found = [each for each in of_family if not each.notice or each.code == self.code]
        out = Console(file=io.StringIO(), width=COLUMNS, color_system=None)
        show.cards(found, out)
        out.print("must not go out as it is" if any(each.stops for each in found) else "may go out")
        assert isinstance(out.file, io.StringIO)
        return "\n".join(line.rstrip() for line in out.file.getvalue().splitlines()) + "\n", found


def examples(code: str) -> list[Example]:
    """Return the examples of a page: the bad one, and the good one."""
    return [
        Example(code, kind == "Good", text)
        for kind, text in _SECTION.findall((PAGES / f"{code}.md").read_text(encoding="utf-8"))
    ]


def without_times(printed: str) -> str:
    """Return what is printed without what differs from run to run, and without its line breaks."""
    words = re.sub(r"[─│╭╮╰╯\s]+", " ", printed)
    return _MEASURED.sub("N", words).strip()


def rewrite(code: str, shop: Store) -> bool:
    """Put what the examples print now into the page; return whether the page has changed."""
    path = PAGES / f"{code}.md"
    text = path.read_text(encoding="utf-8")
    for example in examples(code):
        printed, _ = example.run(shop)
        if without_times(printed) != without_times(example.printed):
            new = example.text.replace(f"```text\n{example.printed}```", f"```text\n{printed}```")
            text = text.replace(example.text, new)
    changed = text != path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return changed


def _patched(text: str, difference: str) -> str:
    lines = difference.splitlines()
    before, after = (
        "\n".join(line[1:] for line in lines if line[0] in signs) + "\n" for signs in (" -", " +")
    )
    assert before in text, before
    return text.replace(before, after, 1)
