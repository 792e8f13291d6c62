"""The documentation as a site: ``tox -e docs``. Sphinx's warnings are errors there."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from sphinx.application import Sphinx

ROOT: Final = Path(__file__).parents[1]

project = "Deploy verification"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
myst_enable_extensions = ["deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
exclude_patterns = ["conf.py"]
html_theme = "furo"
html_title = project
html_copy_source = False


PAGES: Final = ROOT / "verification" / "explain" / "pages"
"""The page of each code, which the harness prints itself (``explain CODE``)."""


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for files; links to the pages of codes lead to the copies."""
    app.connect("config-inited", lambda *_: write_reference())
    app.connect("source-read", _follow_pages)


def _follow_pages(_app: Sphinx, _name: str, content: list[str]) -> None:
    content[0] = content[0].replace("](../verification/explain/pages/", "](reference/codes/")


def write_reference() -> None:
    """Write the pages of the codes, and those that follow from ``--help`` and from the configuration class."""
    folder = ROOT / "docs" / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PAGES, folder / "codes", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, content in (("commands", commands()), ("configuration", configuration()), ("rules", rules())):
        (folder / f"{name}.md").write_text(content + "\n", encoding="utf-8")


def rules() -> str:
    """Return what ``explain`` prints for the rules without a page of their own, on one page."""
    sys.path.insert(0, str(ROOT))
    from verification.explain.commands import pages_of_rules

    return "# Rules of the gate\n\n" + "\n".join(
        page.replace("\n## ", "\n### ").replace("# ", "## ", 1) for page in pages_of_rules().values()
    )


def commands() -> str:
    """Return the page of all commands."""
    sys.path.insert(0, str(ROOT))
    from verification.__main__ import COMMANDS

    parts = ["# Commands", _help()]
    parts += [
        f"## {name}\n\n{line[0].upper()}{line[1:]}.\n\n{_help(name)}" for name, (_, line) in COMMANDS.items()
    ]
    return "\n\n".join(parts)


def _help(*command: str) -> str:
    words = [sys.executable, "-m", "verification", *command, "--help"]
    variables = {**os.environ, "COLUMNS": "90", "NO_COLOR": "1"}
    text = subprocess.run(words, cwd=ROOT, env=variables, check=True, capture_output=True, text=True).stdout
    return f"```text\n{text.rstrip()}\n```"


def configuration() -> str:
    """Return the page of the keys of ``[tool.verification]``: the class's attributes with their docstrings."""
    source = (ROOT / "verification" / "project" / "configuration.py").read_text(encoding="utf-8")
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    table = next(node for node in classes if node.name == "Configuration")
    parts = [
        "# Configuration",
        "The table `[tool.verification]` of `pyproject.toml`.",
        ast.get_docstring(table) or "",
    ]
    for node, after in zip(table.body, [*table.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            default = "" if isinstance(node.value, ast.Call) else f", default `{ast.unparse(node.value)}`"
            parts.append(
                f"`{ast.unparse(node.target)}` ({ast.unparse(node.annotation)}{default})\n: {_told(after)}"
            )
    return "\n\n".join(parts).replace("``", "`")


def _told(node: ast.stmt | None) -> str:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        raise TypeError("configuration.py: a key without a docstring")
    return " ".join(str(node.value.value).split())
