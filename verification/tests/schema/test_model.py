"""The model without a database: identities and renames, metadata of attributes."""

import pytest

from verification.schema.comparison.difference import Difference
from verification.schema.comparison.renames import Rename
from verification.schema.model.identity import Identity, renaming
from verification.schema.model.objects import CLASSES, attribute_names, described, meanings

SHOP = Identity("schema", name="shop")
ITEM = Identity("table", "shop", name="item")
PRICE = ITEM.part("column", "price")
KIND = Identity("type", "shop", name="kind")
TOTAL = Identity("function", "shop", name="total", arguments="(shop.kind,integer)")
NEWS = Identity("publication", name="news")
MOVED = Rename(SHOP, SHOP._replace(name="store"))
RENAMED = Rename(ITEM, ITEM._replace(name="goods"))
RETYPED = Rename(KIND, KIND._replace(name="sort"))
UNIQUE = ITEM.part("constraint", "one")
PUBLISHED = Rename(NEWS, NEWS._replace(name="old"))
KEY = Rename(UNIQUE, UNIQUE._replace(name="two"))


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (PRICE, "shop.item.price"),
        (TOTAL, "shop.total(shop.kind,integer)"),
        (Identity("operator_class", "shop", name="ops", arguments=" using btree"), "shop.ops using btree"),
        (Identity("comment", target=PRICE), "column shop.item.price"),
        (Identity("grant", name="reader", target=ITEM), "table shop.item to reader"),
        (Identity("grant", name="reader", target=Identity("database")), "database to reader"),
        (Identity("security_label", name="dummy", target=ITEM), "table shop.item for dummy"),
        (Identity("user_mapping", name="me", target=Identity("server", name="far")), "me on far"),
        (Identity("publication_table", name="news", target=ITEM), "news.shop.item"),
        (
            Identity("default_privileges", "shop", name="tables of me", arguments=" to you"),
            "tables of me in shop to you",
        ),
    ],
)
def test_an_identity_is_printed_as_postgresql_names_the_object(identity: Identity, text: str) -> None:
    assert str(identity) == text


@pytest.mark.parametrize(
    ("identity", "place"),
    [
        (ITEM, "shop.item"),
        (PRICE, "shop.item"),
        (TOTAL, "shop.total"),
        (Identity("comment", target=PRICE), "shop.item"),
        (Identity("column", '"a.b"', '"c.d"', "e"), '"a.b"."c.d"'),
    ],
)
def test_a_difference_stands_below_the_table_that_it_is_about(identity: Identity, place: str) -> None:
    assert Difference.of(identity, "added").place == place


@pytest.mark.parametrize(
    "identity", [ITEM, PRICE, Identity("table", '"a.b"', name='"c"".d"'), Identity("sequence", "a", name="b")]
)
def test_a_qualified_name_is_parsed_as_it_is_printed(identity: Identity) -> None:
    assert Identity.parse(identity.kind, str(identity)) == identity


@pytest.mark.parametrize(
    ("rename", "old", "new"),
    [
        (RENAMED, ITEM, "shop.goods"),
        (RENAMED, PRICE, "shop.goods.price"),
        (RENAMED, Identity("comment", target=PRICE), "column shop.goods.price"),
        (RENAMED, Identity("publication_table", name="news", target=ITEM), "news.shop.goods"),
        (RENAMED, ITEM.like("type"), "shop.goods"),  # the row type
        (RENAMED, ITEM.like("sequence"), "shop.item"),
        (RENAMED, Identity("column", "shop", "item2", "price"), "shop.item2.price"),
        (MOVED, PRICE, "store.item.price"),
        (MOVED, TOTAL, "store.total(store.kind,integer)"),
        (MOVED, Identity("table", "public", name="shop"), "public.shop"),
        (RETYPED, TOTAL, "shop.total(shop.sort,integer)"),
        (RETYPED, KIND.part("constraint", "positive"), "shop.sort.positive"),
        (PUBLISHED, Identity("publication_table", name="news", target=ITEM), "old.shop.item"),
        (KEY, Identity("comment", target=UNIQUE.like("index")), "index shop.item.two"),
    ],
)  # fmt: skip
def test_a_rename_reaches_all_that_is_named_after_the_object(rename: Rename, old: Identity, new: str) -> None:
    assert str(renaming([rename], {rename.old: None})(old)) == new


@pytest.mark.parametrize("kind", CLASSES)
def test_metadata_names_attributes_that_exist(kind: str) -> None:
    named = {name for each in meanings(kind).values() for name in (*each.implied_by, each.part_of) if name}

    assert named <= set(attribute_names(kind))


def test_an_attribute_that_a_class_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        described(PRICE, {"type": "integer", "colour": "red"})


def test_an_object_says_only_what_is_not_the_default() -> None:
    column = described(PRICE, {"type": "integer", "not_null": None})

    assert column.properties == {"type": "integer"}
    assert column == described(PRICE, {"type": "integer"})
