"""What a comparison has wrong about a case."""

from typing import Final

from verification.schema.comparison.compare import compare
from verification.schema.comparison.difference import Difference
from verification.tests.schema.mutations.cases import Harmless, Mutation
from verification.tests.schema.mutations.runner import Laboratory

MIRROR: Final = {"added": "removed", "removed": "added", "changed": "changed"}


def faults(laboratory: Laboratory, case: Mutation | Harmless) -> list[str]:
    """Compare the two sides of a case in both directions; no line means that both are right."""
    left, right = laboratory.sides(case)
    there, back = compare(left, right), compare(right, left)
    if isinstance(case, Harmless):
        return [*_lines("there", there), *_lines("back", back)]
    user = laboratory.server.user
    change = case.change or (there[0].change if there else "changed")
    name = case.object.format(user=user)
    wanted = (case.kind, name, case.attribute, change)
    mirrored = (case.kind, case.mirrored.format(user=user) or name, case.attribute, MIRROR[change])
    found = []
    if _names(there) != [wanted]:
        found += [f"wanted there: {wanted}", *_lines("there", there)]
    if _names(back) != [mirrored]:
        found += [f"wanted back: {mirrored}", *_lines("back", back)]
    if not found and (back[0].left, back[0].right) != (there[0].right, there[0].left):
        found = ["the values are not each other's mirror", *_lines("there", there), *_lines("back", back)]
    return found


def _names(differences: list[Difference]) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.object, each.attribute, each.change) for each in differences]


def _lines(direction: str, differences: list[Difference]) -> list[str]:
    return [
        f"{direction}: {each.kind} {each.object} {each.change} {each.attribute}: {each.left!r} -> {each.right!r}"
        for each in differences
    ]
