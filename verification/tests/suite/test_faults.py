"""The table of faults fits the project: each edit has its one place, and names a check that there is."""

import re
from pathlib import Path

import pytest

from tools.faults.__main__ import TABLES
from tools.faults.model import Fault
from verification.project.configuration import Configuration
from verification.suite.gate import SUITE, names_of_tests

FAULTS = [fault for faults in TABLES.values() for fault in faults]


def check_names() -> set[str]:
    """Return the names of all checks of the suite."""
    names = set()
    for module in SUITE.glob("test_*.py"):
        area = module.stem.removeprefix("test_").partition("_")[0]
        tests = [name.removeprefix("test_").removeprefix(f"{area}_") for name in names_of_tests(module)]
        names |= {f"{area}.{test}" for test in tests}
    return names


def apply_in_memory(fault: Fault, root: Path) -> dict[str, str]:
    """Return file -> its text after the edits. Raises ``LookupError`` as ``Edit.apply``."""
    texts: dict[str, str] = {}
    for edit in fault.edits:
        text = texts.get(edit.file, (root / edit.file).read_text(encoding="utf-8"))
        texts[edit.file] = edit.changed(text)
    return texts


def test_every_edit_has_its_place(configuration: Configuration) -> None:
    """A fault that no longer fits the project would be one that nobody tries."""
    for fault in FAULTS:
        for file, text in apply_in_memory(fault, configuration.root).items():
            assert text != configuration.path(file).read_text(encoding="utf-8"), fault.name
            if file.endswith(".py"):
                compile(text, f"{fault.name}: {file}", "exec")


def test_every_fault_names_a_check() -> None:
    """There are at least 150 faults of distinct names, and the check that must see each exists."""
    faults = [fault for fault in FAULTS if fault.caught_by]

    assert {fault.caught_by for fault in faults} <= check_names()
    assert len({fault.name for fault in faults}) >= 150


def test_every_check_was_made_red(configuration: Configuration) -> None:
    """Each has its line in docs/properties.md, with files that exist and a fault that names it where it says so."""
    _, _, table = (
        configuration.path("docs/properties.md").read_text(encoding="utf-8").partition("## What turned")
    )
    kept: dict[str, list[str]] = {}
    for line in table.splitlines():
        if line.startswith("| `") and line.count("|") == 4:
            first, _, places = line.strip("| ").split(" | ")
            kept |= {check: re.findall("`(.+?)`", places) for check in re.findall(r"`([a-z]+\.\w+)`", first)}

    assert kept.keys() == check_names()
    for check, files in kept.items():
        assert files, check
        for file in files:
            root = configuration.root if file.startswith("tools/") else SUITE.parent
            assert (root / file).is_file(), f"{check}: {file}"
        areas = {Path(file).stem for file in files if file.startswith("tools/")}
        assert not areas or check in {fault.caught_by for area in areas for fault in TABLES[area]}, check


def test_an_edit_without_a_place_is_refused() -> None:
    """Text that is missing, or there twice, is no place."""
    (edit, *_) = FAULTS[0].edits
    for text in ("", edit.old * 2):
        with pytest.raises(LookupError, match=edit.file):
            edit.changed(text)
