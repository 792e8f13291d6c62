"""The published forms against the schemas of those who read them; ``tools/installed.py`` runs them."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from verification.tests.suite.gate_runs import REPOSITORY

FORMS: Final = {
    "action.yml": "github-actions",
    ".github/workflows/ci.yml": "github-workflows",
    "docs/examples/github-workflow.yml": "github-workflows",
    "docs/examples/gitlab-ci.yml": "gitlab-ci",
    "templates/verification.yml": "gitlab-ci",
    ".pre-commit-hooks.yaml": "",
    "docs/examples/pre-commit-config.yaml": "",
}
"""File -> the schema in SchemaStore; pre-commit checks its own files."""
FAULTS: Final[dict[str, Callable[[Any], object]]] = {
    "action.yml": lambda form: form["runs"].pop("using"),
    ".github/workflows/ci.yml": lambda form: form["jobs"]["all"].pop("runs-on"),
    "docs/examples/github-workflow.yml": lambda form: form["jobs"]["gate"].update(need="x"),
    "docs/examples/gitlab-ci.yml": lambda form: form["deploy"].update(scrip="x"),
    "templates/verification.yml": lambda form: form["verification"]["artifacts"].update(when="ever"),
    ".pre-commit-hooks.yaml": lambda form: form[0].pop("entry"),
    "docs/examples/pre-commit-config.yaml": lambda form: form["repos"][0].pop("rev"),
}


def content(name: str) -> Any:
    """Return what a form holds; a GitLab component as GitLab puts its inputs in."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    if not text.startswith("spec:"):
        return yaml.safe_load(text)
    inputs = yaml.safe_load(text.partition("\n---\n")[0])["spec"]["inputs"]
    body = text.partition("\n---\n")[2]
    for each, given in inputs.items():
        body = body.replace(f"$[[ inputs.{each} ]]", given["default"])
    assert "$[[" not in body
    return yaml.safe_load(body)


def check(name: str, form: Any, folder: Path) -> "subprocess.CompletedProcess[str]":
    file = folder / Path(name).name
    # Some of pre-commit's files are lists, and YAML 1.1 reads the key `on` as a boolean.
    text = (
        yaml.safe_dump(form).replace("true:\n", "on:\n", 1)
        if "github" in FORMS[name]
        else yaml.safe_dump(form)
    )
    file.write_text(text, encoding="utf-8")
    if schema := FORMS[name]:
        command = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    else:
        command = ["pre_commit", "validate-manifest" if "hooks" in name else "validate-config"]
    return subprocess.run([sys.executable, "-m", *command, file], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_what_its_reader_expects(name: str, tmp_path: Path) -> None:
    form = content(name)
    done = check(name, form, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr

    FAULTS[name](form)
    assert check(name, form, tmp_path).returncode != 0


def test_the_forms_name_files_and_commands_that_exist() -> None:
    """A report that is kept, and each command of a hook."""
    from verification.__main__ import COMMANDS
    from verification.report.recorder import NAMES

    job = content("templates/verification.yml")["verification"]
    assert {Path(file).name for file in job["artifacts"]["reports"].values()} <= set(NAMES)
    for hook in content(".pre-commit-hooks.yaml"):
        assert hook["entry"].split()[-1] == hook["id"]
        assert hook["id"] in COMMANDS


def test_the_package_does_not_know_its_name() -> None:
    """In the wheel it has another one: no string names a module of the checkout."""
    package = REPOSITORY / "verification"
    modules = "|".join(path.stem for path in package.iterdir() if path.suffix in {"", ".py"})
    named = re.compile(rf"(?<!tool\.)\bverification\.({modules})\b|-m verification|\"-m\", \"verification")
    wrong = [
        f"{file.relative_to(package)}:{number}: {line.strip()}"
        for file in sorted(package.rglob("*.py"))
        if "tests" not in file.relative_to(package).parts
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if named.search(line) and not line.startswith('"""')
    ]
    assert wrong == []
