"""What all objects of a schema have in common, and what is known of their classes."""

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, fields
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, dataclass_transform

from .identity import Identity
from .meaning import KEY, NOTHING_SPECIAL, Meaning

Value: TypeAlias = "str | int | float | tuple[Value, ...] | Mapping[str, Value] | None"
"""Plain data; a ``bool`` is an ``int``."""
Names: TypeAlias = tuple[str, ...]
PerKey: TypeAlias = tuple[str | None, ...]

CLASSES: Final[dict[str, "type[Object]"]] = {}
"""Object class -> its dataclass; a class that is not here is ``not_compared``."""
C = TypeVar("C", bound="type[Object]")


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
def of_kinds(*kinds: str) -> Callable[[C], C]:
    """Return the decorator that makes the dataclass for these object classes; none: only a base of others."""

    def register(made: C) -> C:
        # Without methods of its own, whose making takes as long as a reading of some hundred tables.
        dataclass(init=False, repr=False, eq=False)(made)
        for name in vars(made).keys() & {each.name for each in fields(made)}:
            delattr(made, name)  # so that ``__getattr__`` is asked instead of the field's default
        CLASSES.update(dict.fromkeys(kinds, made))
        return made

    return register


@of_kinds()
class Object(tuple[Identity, Mapping[str, Value], tuple[Identity, ...], tuple[Identity, ...]]):
    """One object of a database, made by ``described`` and never changed."""

    __slots__ = ()

    if TYPE_CHECKING:
        key: Identity
        properties: Mapping[str, Value]
        """Attribute -> value; what has PostgreSQL's default is absent."""
        parents: tuple[Identity, ...]
        """Objects whose removal also removes this one: its table, its columns, the object it is inherited from."""
        uses: tuple[Identity, ...]
        """Columns that a view, a rule, a policy or an SQL body reads: its text changes when one is renamed."""
    else:
        key, properties, parents, uses = (property(itemgetter(place)) for place in range(4))

    extension: str | None
    """The extension that it is a member of."""
    depends_on_extensions: Names | None

    def __repr__(self) -> str:
        return f"{self.key!r} {self.properties!r}"

    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            raise FrozenInstanceError(name)

        def __getattr__(self, name: str) -> Value:
            """Return the attribute of a field: its value is kept in ``properties`` alone."""
            if name not in attribute_names(self.key.kind):
                raise AttributeError(name)
            return self.properties.get(name)

    def text_of(self, name: str, default: str = "") -> str:
        """Return an attribute as text."""
        return str(self.properties.get(name, default))

    def values_of(self, name: str) -> tuple[Value, ...]:
        """Return an attribute that is a list; empty if it is absent."""
        value = self.properties.get(name)
        return value if isinstance(value, tuple) else ()

    def names_of(self, name: str) -> Names:
        """Return an attribute that is a list of texts; empty if it is absent."""
        return tuple(map(str, self.values_of(name)))

    def meaning(self, name: str) -> Meaning:
        """Return what is special of an attribute."""
        return meanings(self.key.kind).get(name, NOTHING_SPECIAL)

    def having(self, attributes: Mapping[str, Value]) -> "Object":
        """Return the object with these attributes and no others."""
        return described(self.key, attributes, self.parents, self.uses)

    def called(
        self,
        key: Identity,
        parents: tuple[Identity, ...] | None = None,
        uses: tuple[Identity, ...] | None = None,
    ) -> "Object":
        """Return the object with other names."""
        return described(
            key,
            self.properties,
            self.parents if parents is None else parents,
            self.uses if uses is None else uses,
        )


class Other(Object):
    """An object of a class that is only compared: operators, text search, foreign data, publications and the like.

    Its attributes have no fields: they are in ``properties``.
    """


def described(
    key: Identity,
    attributes: Mapping[str, Value],
    parents: tuple[Identity, ...] = (),
    uses: tuple[Identity, ...] = (),
) -> Object:
    """Return an object of the class that its identity names. Raises ``TypeError`` for an attribute it does not have."""
    if None in attributes.values():
        attributes = {name: value for name, value in attributes.items() if value is not None}
    made, known = _class(key.kind)
    if known is not None and not known.issuperset(attributes):
        raise TypeError(f"{key.kind} has no attribute {', '.join(attributes.keys() - known)}")
    # Not by __init__, which sets every field that has the default: that takes half of the time of a reading.
    return tuple.__new__(made, (key, attributes, parents, uses))


@cache
def _class(kind: str) -> tuple[type[Object], frozenset[str] | None]:
    """Return the dataclass of an object class and its attributes; None: any."""
    made = CLASSES.get(kind, Other)
    return made, None if made is Other else frozenset(attribute_names(kind))


@cache
def meanings(kind: str) -> Mapping[str, Meaning]:
    """Return attribute of an object class -> what is special of it."""
    return {each.name: each.metadata.get(KEY, NOTHING_SPECIAL) for each in fields(CLASSES.get(kind, Other))}


@cache
def attribute_names(kind: str) -> Names:
    """Return the attributes of an object class."""
    return tuple(meanings(kind))


@cache
def with_meaning(kind: str, field: str, value: Value = True) -> Names:
    """Return the attributes of an object class for which a field of ``Meaning`` has this value."""
    return tuple(name for name, meaning in meanings(kind).items() if getattr(meaning, field) == value)
