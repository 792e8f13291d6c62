"""Why the findings of each kind matter and what to do: the texts that a finding does not bring itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

COULD_NOT_RUN: Final = "could-not-run"
STOPS_TRAFFIC: Final = (
    "stops-traffic",
    "deploy.table-rewritten",
    "deploy.reads-blocked",
    "deploy.writes-blocked",
)
"""Rules whose notes say that people wait while a migration runs, although no check fails."""


@dataclass(frozen=True)
class Rule:
    """One kind of finding."""

    what: str = ""
    """What is wrong, if it is no check; that of a check is the first line of its docstring."""
    why: str = ""
    remedy: str = ""
    subject: str = ""
    """Findings of several rules about one subject have one cause."""
    symptom_of: tuple[str, ...] = ()
    """Beginnings of subjects: where one of them is found, it explains the findings of this rule."""
    place: str = ""
    """Key of ``[tool.verification]`` that names where to look, if a finding does not know better."""


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by their ids, which never change their meaning; that of a check is its name."""
    text = files(__package__).joinpath("rules.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {
        name: Rule(
            table["what"].get(name, ""),
            entry["why"],
            entry["remedy"],
            entry.get("subject", ""),
            tuple(entry.get("symptom_of", ())),
            entry.get("place", ""),
        )
        for entry in table["rules"]
        for name in entry["ids"]
    }


def rule_of(name: str) -> Rule:
    """Return a rule; an unknown one, such as that of a project's own check, has no texts."""
    return rules().get(name, Rule())
