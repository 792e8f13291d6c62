"""What all objects of a schema have in common, and what is known of their classes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import Any, Final, Self, TypeAlias, TypeVar

from .identity import Identity
from .meaning import KEY, NOTHING_SPECIAL, Meaning

Value: TypeAlias = Any
"""``str | int | float | bool | None``, tuples of them and dictionaries from text to them."""
Names: TypeAlias = tuple[str, ...]
PerKey: TypeAlias = tuple[str | None, ...]

COMMON: Final = frozenset({"key", "parents", "uses"})
"""Fields that are not attributes."""


@dataclass(frozen=True, kw_only=True)
class Object:
    """One object of a database."""

    key: Identity
    parents: tuple[Identity, ...] = ()
    """Objects whose removal also removes this one: its table, its columns, the object it is inherited from."""
    uses: tuple[Identity, ...] = ()
    """Columns that a view, a rule, a policy or an SQL body reads: its text changes when one is renamed."""
    extension: str | None = None
    """The extension that it is a member of."""
    depends_on_extensions: Names | None = None

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Attribute -> value; what has PostgreSQL's default is absent."""
        values = ((name, getattr(self, name)) for name in attribute_names(self.key.kind))
        return {name: value for name, value in values if value is not None}

    def meaning(self, name: str) -> Meaning:
        """Return what is special of an attribute."""
        return meanings(self.key.kind).get(name, NOTHING_SPECIAL)

    def having(self, attributes: Mapping[str, Value]) -> Self:
        """Return the object with these attributes and no others."""
        return type(self)(key=self.key, parents=self.parents, uses=self.uses, **attributes)

    def called(self, key: Identity, parents: tuple[Identity, ...], uses: tuple[Identity, ...]) -> Self:
        """Return the object with other names."""
        return replace(self, key=key, parents=parents, uses=uses)


@dataclass(frozen=True, kw_only=True)
class Other(Object):
    """An object of a class that is only compared: operators, text search, foreign data, publications and the like."""

    described: Mapping[str, Value] | None = None

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Attribute -> value; what has PostgreSQL's default is absent."""
        common = {"extension": self.extension, "depends_on_extensions": self.depends_on_extensions}
        return {**(self.described or {}), **{name: each for name, each in common.items() if each is not None}}

    def having(self, attributes: Mapping[str, Value]) -> Self:
        """Return the object with these attributes and no others."""
        return replace(self, described=attributes, extension=None, depends_on_extensions=None)


CLASSES: Final[dict[str, type[Object]]] = {}
"""Object class -> its dataclass; a class that is not here is ``not_compared``."""
C = TypeVar("C", bound=type[Object])


def of_kinds(*kinds: str) -> Callable[[C], C]:
    """Return the decorator of the dataclass for these object classes."""

    def register(made: C) -> C:
        CLASSES.update(dict.fromkeys(kinds, made))
        return made

    return register


def described(
    key: Identity,
    attributes: Mapping[str, Value],
    parents: tuple[Identity, ...] = (),
    uses: tuple[Identity, ...] = (),
) -> Object:
    """Return an object of the class that its identity names. Raises ``TypeError`` for an attribute it does not have."""
    make = CLASSES.get(key.kind, Other)
    if make is not Other:
        return make(key=key, parents=parents, uses=uses, **attributes)
    common = {name: attributes.get(name) for name in ("extension", "depends_on_extensions")}
    own = {name: value for name, value in attributes.items() if name not in common}
    return Other(key=key, parents=parents, uses=uses, **common, described=own)


@cache
def meanings(kind: str) -> Mapping[str, Meaning]:
    """Return attribute of an object class -> what is special of it."""
    return {
        each.name: each.metadata.get(KEY, NOTHING_SPECIAL)
        for each in fields(CLASSES.get(kind, Other))
        if each.name not in COMMON
    }


@cache
def attribute_names(kind: str) -> Names:
    """Return the attributes of an object class."""
    return tuple(meanings(kind))


@cache
def with_meaning(kind: str, field: str, value: Value = True) -> Names:
    """Return the attributes of an object class for which a field of ``Meaning`` has this value."""
    return tuple(name for name, meaning in meanings(kind).items() if getattr(meaning, field) == value)
