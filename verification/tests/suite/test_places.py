"""Which line of the project a finding is about."""

from pathlib import Path

import pytest

from verification.project.configuration import Configuration
from verification.report.finding import Place
from verification.schema.comparison.difference import Difference
from verification.suite.exception_evidence import innermost, own_frames
from verification.suite.places import place_of, place_of_change
from verification.suite.schema_findings import refusal

MODELS = """from django.db import models


class Drink(models.Model):
    name = models.TextField()
    note = models.TextField(null=True)


class DrinkSize(models.Model):
    pass
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A project with one app, whose models are a package, and a view."""
    package = tmp_path / "server" / "shop" / "models"
    package.mkdir(parents=True)
    (package / "drinks.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "server" / "shop" / "views.py").write_text(
        "import os\n\n\ndef health(request):\n    pass\n", encoding="utf-8"
    )
    return Configuration(
        root=tmp_path, paths=("server",), health_view="shop.views.health", readme="README.md"
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("Add field note to drink", 6),
        ("Alter field name on drink", 5),
        ("Create model DrinkSize", 9),
        ("Remove field price from drink", 4),
        ("Create index drink_name_idx on field(s) name of model drink", 4),
    ],
)
def test_a_change_without_a_migration_is_in_the_models(
    configuration: Configuration, change: str, line: int
) -> None:
    """At the field, or at the class where the models have no such field any more."""
    assert place_of_change(configuration, "shop", change) == (Place("server/shop/models/drinks.py", line),)


def test_a_change_of_an_unknown_model_has_no_place(configuration: Configuration) -> None:
    """Nothing is better than a wrong line."""
    assert place_of_change(configuration, "shop", "Add field note to cup") == ()
    assert place_of_change(configuration, "bar", "Add field note to drink") == ()


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("health_view", (Place("server/shop/views.py", 4),)),
        ("readme", (Place("README.md"),)),
        ("gunicorn_config", ()),
        ("", ()),
    ],
)
def test_the_place_that_a_rule_names(
    configuration: Configuration, key: str, places: tuple[Place, ...]
) -> None:
    """A view by its line, a file by its name; nothing for what the project does not configure."""
    assert place_of(configuration, key) == places


def test_only_the_frames_of_the_project_are_shown(tmp_path: Path) -> None:
    """Neither the harness nor what is installed is where the project's fault is."""
    for name in ("mine.py", "site-packages/theirs.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("def call(inner):\n    inner()\n", encoding="utf-8")
    namespaces: list[dict[str, object]] = []
    for name in ("mine.py", "site-packages/theirs.py"):
        namespace: dict[str, object] = {}
        exec(compile((tmp_path / name).read_text(encoding="utf-8"), str(tmp_path / name), "exec"), namespace)  # noqa: S102
        namespaces.append(namespace)
    mine, theirs = (namespace["call"] for namespace in namespaces)

    with pytest.raises(ZeroDivisionError) as raised:
        mine(lambda: theirs(lambda: 1 / 0))  # type: ignore[operator]

    frames = own_frames(raised.value, tmp_path)
    assert [Path(frame.filename).name for frame in frames] == ["mine.py"]
    assert innermost(frames, tmp_path) == (Place("mine.py", 2),)


def test_an_original_that_refuses_rows_is_named_with_its_file_and_what_to_do() -> None:
    """It is no difference of two sides."""
    files = {"shop.0002_more": Place("shop/migrations/0002_more.py")}
    cases = {
        "with rows": ("stops on every database with rows: NULL", "shop.0002_more stops on every"),
        "with 100 rows": ("IntegrityError: twice", "shop.0002_more refuses 100 rows: IntegrityError: twice"),
    }
    for attribute, (said, words) in cases.items():
        difference = Difference("migration", "shop.0002_more", "changed", attribute, "applies", said)
        found = refusal("schema.partial_states", difference, files)
        assert found.message.startswith(words)
        assert found.place == "shop/migrations/0002_more.py"
        assert ("stops_on_rows" in found.remedy) is (attribute == "with rows")
