"""The base's own tests on the new schema: what breaks there alone is found, for each runner."""

from collections.abc import Iterator
from typing import Final

import pytest

from verification.deploy.finding import Finding
from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.server import Server
from verification.tests.deploy.store import Case, Store, store
from verification.tests.migrations.project_copies import databases

pytestmark = pytest.mark.slow

TESTS: Final = """
from django.test import SimpleTestCase, TestCase, TransactionTestCase

from goods.models import Buyer, Item, Tag


class Items(TestCase):
    def test_two_of_one_title(self):
        buyer = Buyer.objects.create(name="b")
        for number in range(2):
            with self.subTest(number):
                Item.objects.create(title="t", price=1, buyer=buyer)

    def test_that_fails_anywhere(self):
        self.assertEqual(Item.objects.count(), 1)


class Flushed(TransactionTestCase):
    def test_first(self):
        Buyer.objects.create(name="b")

    def test_second(self):
        self.assertEqual(Buyer.objects.count(), 0)


class Plain(SimpleTestCase):
    def test_nothing(self):
        pass
"""
INI: Final = """[pytest]
DJANGO_SETTINGS_MODULE = test_settings
python_files = tests.py
addopts = --nomigrations
"""
FILES: Final = {
    "goods/tests.py": TESTS,
    "pytest.ini": INI,
    # As in many projects, tests have settings of their own, and another database.
    "test_settings.py": "from settings import *\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n",
}
LINE: Final = """migrations.CreateModel("Line", [
    ("id", models.BigAutoField(primary_key=True)), ("buyer", models.ForeignKey("goods.Buyer", models.CASCADE)),
])"""
UNIQUE: Final = 'sql("CREATE UNIQUE INDEX one_title ON goods_item (title, buyer_id)", "DROP INDEX one_title")'
RUNNERS: Final = (
    "manage.py test",
    "manage.py test --parallel 2 --settings test_settings",
    "pytest",
    "pytest -n 2",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of its own: other processes of a test run make databases on the shared one."""
    with providers.start("embedded") as own:
        yield own


@pytest.fixture(scope="module")
def tested(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with store(server, tmp_path_factory.mktemp("tested"), FILES) as made:
        yield made


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_test_that_the_new_schema_breaks_is_named(runner: str, tested: Store) -> None:
    """One that fails on the old schema as well is none; a table that points to an emptied one disturbs nobody."""
    unique = Case("", f"{UNIQUE}, {LINE}")
    (finding,) = _judge(tested, unique, runner)
    test, counted = finding.evidence

    assert (finding.code, finding.migration) == ("old-code-breaks", "goods.0002_change")
    assert "test_two_of_one_title" in test
    assert 'violates unique constraint "one_title"' in test
    assert counted == "1 of 5 tests fail on the new schema alone"


@pytest.mark.parametrize("runner", [RUNNERS[0], RUNNERS[2]])
def test_a_schema_that_breaks_no_test_is_silent(runner: str, tested: Store) -> None:
    assert not _judge(tested, Case("", f"{UNIQUE.replace('UNIQUE', '')}, {LINE}"), runner)


def test_what_the_calls_found_has_one_cause_with_it(tested: Store) -> None:
    """The finding of the calls gets the tests as evidence."""
    case = Case("", 'migrations.RemoveField("item", "shop")')
    found = tested.judge(case, "compatibility", "tests", tests="manage.py test goods").findings
    (finding,) = (each for each in found if each.code == "old-code-breaks")

    assert any("goods.Item.read" in each for each in finding.evidence)
    assert finding.evidence[-1] == "1 of 5 tests fail on the new schema alone"


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("tox", "neither pytest nor manage.py test"),
        ("manage.py migrate", "neither pytest nor manage.py test"),
        ("manage.py test 'goods", "No closing quotation"),
        ("manage.py test nowhere", "no test asks Django for a test database"),
        ("pytest -k fails_anywhere", "no test passes on the base's own schema"),
        ("pytest -k nothing_of_this_name", "no test ran"),
        ("pytest --no-such-option", "no test ran"),
        ("pytest -k Plain", "no test asks Django for a test database"),
    ],
)
def test_a_run_that_proves_nothing_is_an_error(tests: str, said: str, tested: Store) -> None:
    with pytest.raises(CannotRun, match=said):
        tested.judge(Case("", LINE), "tests", tests=tests)


def _judge(tested: Store, case: Case, tests: str) -> list[Finding]:
    before = databases(tested.base.server)
    found = tested.judge(case, "tests", tests=tests)
    assert databases(tested.base.server) == before
    return [each for each in found.findings if each.code == "old-code-breaks"]
