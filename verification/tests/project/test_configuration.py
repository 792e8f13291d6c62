"""A mistake in ``[tool.verification]`` is one line that names the key, the file and what is expected."""

from pathlib import Path

import pytest

from verification.errors import CannotRun
from verification.project.configuration import load
from verification.project.subjects import POLICIES, SUBJECTS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('row_count = "x"', "row_count: 'x' is not a whole number"),
        ("row_count = true", "row_count: True is not a whole number"),
        ("settings = 5", "settings: 5 is not a string"),
        ('paths = "src"', "paths: 'src' is not a list of strings"),
        ("apps = [1]", r"apps: \[1\] is not a list of strings"),
        ("environment = {A = 1}", r"environment: {'A': 1} is not a table of strings"),
        ('rows = {a = "1"}', r"rows: {'a': '1'} is not a table of numbers"),
        ('require = ["squashes"]', "require has 'squashes'; known: settings, squash, "),
        ('policies = ["quiet"]', "policies has 'quiet'; known: health-any-site, "),
        ('server = "apache"', "server has 'apache'; known: gunicorn, uvicorn, granian"),
        ('setings = "x"', "no key 'setings'; known keys: apps, "),
        ("settings", "not valid TOML"),
    ],
)
def test_mistake(tmp_path: Path, line: str, said: str) -> None:
    """Each names the file."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.verification]\n{line}\n", encoding="utf-8")

    with pytest.raises(CannotRun, match=said) as caught:
        load(tmp_path)

    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_right_values_are_kept(tmp_path: Path) -> None:
    """A list becomes a tuple; what is not named has its default; ratios may be whole numbers."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.verification]\npaths = ["src"]\nrow_count = 5\nrows = {a = 1, b = 0.5}\n', encoding="utf-8"
    )

    configuration = load(tmp_path)

    assert (configuration.paths, configuration.row_count) == (("src",), 5)
    assert configuration.rows == {"a": 1, "b": 0.5}
    assert configuration.settings == ""


def test_this_repository_requires_and_promises_everything() -> None:
    """A subject that is lost here is an error, not a check that does not apply."""
    own = load(Path(__file__).parents[3])

    assert set(own.require) == set(SUBJECTS)
    assert set(own.policies) == set(POLICIES)
