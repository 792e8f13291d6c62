"""The steps of a comparison, one table of cases each, on objects made by hand."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from verification.schema.comparison.compare import (
    compare,
    find_changes,
    reported,
    without_conversions,
    without_unknown,
)
from verification.schema.comparison.exchanges import find_exchanges
from verification.schema.comparison.options import Options
from verification.schema.comparison.rename_detection import changed_attributes, find_renames
from verification.schema.comparison.renames import Pair, Rename, Renames
from verification.schema.model.identity import Identity
from verification.schema.model.objects import Object, described
from verification.schema.model.schema import Schema

SHOP, STORE = (Identity("schema", name=name) for name in ("shop", "store"))
ITEM = Identity("table", "shop", name="item")
PRICE = ITEM.part("column", "price")
VIEW = Identity("view", "shop", name="cheap")
UNKNOWN = described(Identity("not_compared", name="objects in pg_news"), {})
SCHEMAS = (described(SHOP, {}), described(STORE, {}))
STRICT = Options()

Side = tuple[Object, ...]


def table(name: str, schema: str = "shop", **columns: str) -> Side:
    key = Identity("table", schema, name=name)
    return (
        described(key, {"column_order": tuple(columns)}, (Identity("schema", name=schema),)),
        *(described(key.part("column", each), {"type": columns[each]}, (key,)) for each in columns),
    )


def part(of_kind: str, name: str, column: Identity = PRICE, **attributes: Any) -> Object:
    """Return an index or a constraint of the table, on one of its columns."""
    return described(ITEM.part(of_kind, name), attributes, (ITEM, column))


def index(name: str, column: str = "price", **attributes: Any) -> Object:
    key = ITEM.part("column", column)
    return part("index", name, key, **{"method": "btree", "keys": (column,), **attributes})


def unique(name: str, **attributes: Any) -> Object:
    return part("constraint", name, **{"kind": "unique", "columns": ("price",), **attributes})


def view(type_name: str, definition: str = "SELECT price FROM shop.item") -> Iterator[Object]:
    yield described(VIEW, {"definition": definition, "column_order": ("price",)}, (SHOP,), (PRICE,))
    yield described(VIEW.part("column", "price"), {"type": type_name}, (VIEW,))


def pair(left: Side, right: Side) -> Pair:
    return Pair(_schema(left).entries, _schema(right).entries)


PLAIN = table("item", price="integer")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((), (), 0),
        ((UNKNOWN,), (), 1),
        ((), (UNKNOWN,), 1),
        ((UNKNOWN,), (UNKNOWN,), 1),
    ],
)
def test_what_no_reader_knows_is_one_difference_and_goes_no_further(
    left: Side, right: Side, expected: int
) -> None:
    known, differences = without_unknown(pair(left, right))

    assert [each.object for each in differences] == ["objects in pg_news"] * expected
    assert known.left.keys() == known.right.keys() == {SHOP, STORE}
    assert len(compare(_schema(left), _schema(right))) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (PLAIN, PLAIN, []),
        (PLAIN, table("goods", price="integer"), [("shop.item", "shop.goods")]),
        (PLAIN, table("item", "store", price="integer"), [("shop.item", "store.item")]),
        (PLAIN, table("item", cost="integer"), [("shop.item.price", "shop.item.cost")]),
        (PLAIN, table("item", cost="bigint"), []),
        (PLAIN, table("goods", cost="integer"), []),
        # Neither of two equal columns is known to be the one.
        (table("item", a="integer", b="integer"), table("item", c="integer", d="integer"), []),
        (
            (*PLAIN, index("one")),
            (*table("goods", cost="integer"), *PLAIN, index("two")),
            [("shop.item.one", "shop.item.two")],
        ),
        ((*PLAIN, index("one")), (*PLAIN, index("two", unique=True)), []),
        # An index of a renamed column is the same one.
        (
            (*PLAIN, index("one")),
            (*table("item", cost="integer"), index("one", "cost")),
            [("shop.item.price", "shop.item.cost")],
        ),
    ],
)
def test_renames_are_found_where_nothing_else_has_changed(
    left: Side, right: Side, expected: list[tuple[str, str]]
) -> None:
    found = find_renames(pair(left, right), STRICT)

    assert [(str(each.old), str(each.new)) for each in found.renames.applied] == expected
    assert {new for _, new in expected} <= {str(key) for key in found.left}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((index("one"), index("two", unique=True)), (index("one", unique=True), index("two")), ["one, two"]),
        ((index("one"), index("two", unique=True)), (index("one", unique=True), index("two", ready=False)), []),
        ((index("one"), index("two")), (index("one"), index("two")), []),
    ],
)  # fmt: skip
def test_exchanges_are_found_where_each_has_the_definition_of_the_other(
    left: Side, right: Side, expected: list[str]
) -> None:
    found = find_exchanges(pair((*PLAIN, *left), (*PLAIN, *right)), STRICT)

    assert [each.values[0] for each in found.renames.applied] == expected


INTEGER, BIGINT = {"type": "integer"}, {"type": "bigint"}
IDENTITY = INTEGER | {"identity": "always", "identity_start": 7}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (INTEGER, INTEGER, set()),
        (INTEGER, BIGINT, {"type"}),
        (IDENTITY, INTEGER, {"identity"}),
        (IDENTITY, INTEGER | {"identity": "by default", "identity_start": 8}, {"identity", "identity_start"}),
        (INTEGER | {"not_null": True, "not_null_constraint": "n"}, INTEGER, {"not_null"}),
        (INTEGER | {"default": "shop.f()"}, INTEGER | {"default": "store.f()"}, set()),
        (INTEGER | {"default": "shop.f()"}, INTEGER | {"default": "store.g()"}, {"default"}),
    ],
)
def test_an_attribute_that_another_or_a_rename_explains_has_not_changed(
    left: Mapping[str, Any], right: Mapping[str, Any], expected: set[str]
) -> None:
    one, other = (described(PRICE, side, (ITEM,)) for side in (left, right))

    assert changed_attributes(one, other, Renames((Rename(SHOP, STORE),)), STRICT).keys() == expected


@pytest.mark.parametrize(
    ("left", "right", "by_meaning", "words"),
    [
        (unique("one"), index("one", unique=True), False, [("unique constraint", "unique index")]),
        (index("one", unique=True), unique("one"), False, [("unique index", "unique constraint")]),
        (unique("one"), index("two", unique=True), False, None),
        (unique("one"), index("two", unique=True), True, []),
        (unique("one"), index("one"), False, None),
        (unique("one", deferrable=True), index("one", unique=True), True, None),
    ],
)
def test_a_unique_constraint_that_became_an_index_is_one_difference(
    left: Object, right: Object, by_meaning: bool, words: list[tuple[str, str]] | None
) -> None:
    """``None``: the two are not the same, and stay a removed and an added object."""
    options = Options(unique_index_as_constraint=by_meaning)
    before = find_changes(pair((*PLAIN, left), (*PLAIN, right)), options)
    found, differences = without_conversions(before, options)

    assert [(each.left, each.right) for each in differences] == (words or [])
    assert (found.removed, found.added) == (({}, {}) if words is not None else (before.removed, before.added))
    assert (len(before.removed), len(before.added)) == (1, 1)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (PLAIN, PLAIN, []),
        (PLAIN, (), [("removed", "shop.item", "")]),
        ((), (*PLAIN, index("one")), [("added", "shop.item", "")]),
        # The index goes with its column; another one does not.
        (
            (*table("item", price="integer", note="text"), index("one"), index("two", "note")),
            table("item", note="text"),
            [("removed", "shop.item.price", ""), ("removed", "shop.item.two", "")],
        ),
        (PLAIN, table("item", price="bigint"), [("changed", "shop.item.price", "type")]),
        # The column of a view has the type of the one that it reads.
        (
            (*PLAIN, *view("integer")),
            (*table("item", price="bigint"), *view("bigint")),
            [("changed", "shop.item.price", "type")],
        ),
        ((*PLAIN, *view("integer")), (*PLAIN, *view("bigint")), [("changed", "shop.cheap.price", "type")]),
        (
            (*PLAIN, *view("integer")),
            (*PLAIN, *view("bigint", "SELECT 1::bigint AS price")),
            [("changed", "shop.cheap", "definition")],
        ),
        # A primary key sets NOT NULL.
        (
            PLAIN,
            (
                PLAIN[0],
                described(PRICE, INTEGER | {"not_null": True}, (ITEM,)),
                part("constraint", "item_pkey", kind="primary key", columns=("price",)),
            ),
            [("added", "shop.item.item_pkey", "")],
        ),
        (
            PLAIN,
            (PLAIN[0], described(PRICE, INTEGER | {"not_null": True}, (ITEM,))),
            [("changed", "shop.item.price", "not_null")],
        ),
    ],
)
def test_derived_differences_are_dropped(
    left: Side, right: Side, expected: list[tuple[str, str, str]]
) -> None:
    found = find_changes(pair(left, right), STRICT)

    assert sorted((each.change, each.object, each.attribute) for each in reported(found)) == expected


def test_a_comparison_changes_neither_schema() -> None:
    left = (*PLAIN, *view("integer"), index("one"), unique("two"), UNKNOWN)
    right = (*table("goods", price="bigint"), *PLAIN, index("two", unique=True))
    schemas, copies = [(_schema(left), _schema(right)) for _ in range(2)]

    assert compare(schemas[0], schemas[1])
    assert schemas == copies


def _schema(side: Side) -> Schema:
    return Schema(17, {each.key: each for each in (*SCHEMAS, *side)})
