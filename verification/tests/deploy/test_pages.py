"""``explain``: a page for each code, whose examples do what the page says."""

import pytest

from verification.__main__ import main
from verification.deploy.finding import CODES
from verification.environment.model import Problem
from verification.explain.commands import first_line, pages
from verification.report.rules import rules
from verification.tests.deploy.page_examples import examples, without_times
from verification.tests.deploy.store import Store


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_the_examples_of_a_page_print_what_it_shows(code: str, shop: Store) -> None:
    """The bad one has the finding, the good one nothing; ``python -m tools.page_examples`` rewrites the page."""
    bad, good = examples(code)
    printed, found = bad.run(shop)
    printed_by_good, found_by_good = good.run(shop)

    assert {each.code for each in found if each.stops} <= {code, "index-built-under-lock"}
    assert code in {each.code for each in found}
    assert not [each for each in found_by_good if each.code == code or each.stops]
    assert without_times(printed) == without_times(bad.printed)
    assert without_times(printed_by_good) == without_times(good.printed)


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    assert pages().keys() == set(CODES)
    assert all(
        text.startswith(f"# {code}\n\n") and first_line(text).endswith(".") for code, text in pages().items()
    )


def test_explain_prints_a_page_or_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "table-rewritten"]) == main(["explain", "deploy.table-rewritten"]) == 0
    assert capsys.readouterr().out == pages()["table-rewritten"] * 2
    assert main(["explain"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert listed == [*sorted(CODES), *rules()]


@pytest.mark.parametrize("rule", [*rules(), *(f"environment.{each.name.lower()}" for each in Problem)])
def test_every_rule_of_a_report_is_explained(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what is wrong, why it matters and what to do, each a sentence."""
    name = rule if rule in rules() else rule.replace("_", "-")

    assert main(["explain", name]) == 0
    heading, what, *rest = capsys.readouterr().out.strip().split("\n\n")
    assert heading == f"# {name}"
    assert rest[::2] == ["## Why it matters", "## What to do"]
    assert all(text.endswith(".") for text in (what, *rest[1::2]))


def test_an_unknown_code_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "table-rewriten"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "'table-rewritten'" in said.err
