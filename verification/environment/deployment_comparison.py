"""Compare the deployment files with the variables that the project reads, in both directions."""

from collections.abc import Iterator, Sequence

from .deployment import Deployment, Setting
from .model import RUNTIME, Finding, Problem, Read, Row, has_password, masked
from .readme_comparison import is_secret


def compare_deployments(
    deployments: Sequence[Deployment], reads: Sequence[Read], rows: Sequence[Row]
) -> list[Finding]:
    """Return a finding for each variable that a file sets and nothing reads, omits, or sets wrongly."""
    findings: list[Finding] = []
    known = {read.variable for read in reads}
    with_default = {read.variable for read in reads if read.default is not None}
    for deployment in deployments:
        findings += _unread(deployment, known)
        findings += _missing(deployment, rows, with_default)
        for setting in deployment.settings:
            findings += _value(setting, rows)
    return sorted(set(findings))


def _unread(deployment: Deployment, known: set[str]) -> Iterator[Finding]:
    for setting in deployment.settings:
        if setting.variable not in known and not RUNTIME.fullmatch(setting.variable):
            action = "the project does not read it: correct its name, or remove it from this file"
            yield Finding(setting.where, setting.variable, Problem.NOT_READ, action)


def _missing(deployment: Deployment, rows: Sequence[Row], with_default: set[str]) -> Iterator[Finding]:
    """A file must name what has no default, so that an operator can set it; ``.env.example`` must name everything."""
    named = {setting.variable for setting in deployment.settings}
    for row in rows:
        needed = deployment.lists_all or (row.default is None and row.variable not in with_default)
        if needed and row.variable not in named and not deployment.complete:
            action = "name it there, without a value if it has none"
            yield Finding(deployment.shown, row.variable, Problem.NOT_IN_DEPLOYMENT, action)


def _value(setting: Setting, rows: Sequence[Row]) -> Iterator[Finding]:
    row = next((row for row in rows if row.variable == setting.variable), None)
    secret = is_secret(setting.variable, rows)
    if setting.value and (secret or has_password(setting.value)):
        yield Finding(
            setting.where,
            setting.variable,
            Problem.SECRET_WITH_DEFAULT,
            "remove the value: a secret is set in the deployment only",
            actual=masked(setting.value, secret=True),
        )
    elif setting.value == "" and row is not None and row.default:
        yield Finding(
            setting.where,
            setting.variable,
            Problem.EMPTY_IS_NOT_UNSET,
            f"comment it out, or write the default {row.default}: an empty value replaces it",
            documented=row.default,
            actual="''",
        )
