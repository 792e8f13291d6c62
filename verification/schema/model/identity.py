"""What an object is called: its class, the names around it and its own, and what a rename makes of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, Protocol

RELATIONS: Final = frozenset({"table", "foreign_table", "view", "materialized_view"})
ANNOTATIONS: Final = frozenset({"comment", "grant", "security_label", "default_privileges"})
"""Classes that are named after another object: they change with it and are never renamed themselves."""
WITH_ARGUMENT_TYPES: Final = frozenset(
    {"function", "procedure", "aggregate", "operator", "cast", "transform"}
)
"""Classes with names of types in ``arguments``."""
IN_NO_SCHEMA: Final = ANNOTATIONS | {"publication_table", "publication_schema", "schema", "user_mapping"}
"""Classes that a schema does not contain, whatever their parents are."""
NAME: Final = re.compile(r'"(?:[^"]|"")*"|[^".]+')


class Identity(NamedTuple):
    """One object's class and names; a name is quoted where SQL needs it. ``str`` returns the qualified name."""

    kind: str
    """PostgreSQL's object class in the singular: ``table``, ``materialized_view``, ``policy`` ..."""
    schema: str = ""
    relation: str = ""
    """Table, view or domain that a column, constraint, index, trigger, rule or policy belongs to."""
    name: str = ""
    """Its own name; of a grant the grantee, of a security label the provider, of a user mapping the user."""
    arguments: str = ""
    """What tells objects of one name apart, as PostgreSQL prints it: ``(integer,text)``, `` using btree``."""
    target: "Identity | None" = None
    """The object that a comment, a grant, a label, a user mapping or a publication's member is about."""

    def __str__(self) -> str:
        if self.target is None:
            return f"{self.qualified}{self.arguments}"
        target = str(self.target)
        match self.kind:
            case "comment":
                return f"{self.target.kind} {target}".strip()
            case "grant":
                return f"{f'{self.target.kind} {target}'.strip()} to {self.name}"
            case "security_label":
                return f"{f'{self.target.kind} {target}'.strip()} for {self.name}"
            case "user_mapping":
                return f"{self.name} on {target}"
        return f"{self.name}.{target}"

    @property
    def qualified(self) -> str:
        """The name with those of its schema and its table, without arguments."""
        if self.kind == "default_privileges":
            return f"{self.name} in {self.schema}" if self.schema else self.name
        return ".".join(filter(None, (self.schema, self.relation, self.name)))

    @property
    def container(self) -> str:
        """The qualified name of the table or the schema that holds the object."""
        return ".".join(filter(None, (self.schema, self.relation)))

    @property
    def place(self) -> str:
        """The qualified name of its table, its own if it is in none, or those of what it is about."""
        if self.target:
            return self.target.place
        return self.container if self.relation else self.qualified

    @property
    def unquoted(self) -> tuple[str, str]:
        """The names, unquoted, of its table (its own if it is in none) and its own, or those of what it is about."""
        if self.target:
            return self.target.unquoted
        table, name = (
            each[1:-1].replace('""', '"') if each.startswith('"') else each
            for each in (self.relation or self.name, self.name)
        )
        return table, name

    @classmethod
    def parse(cls, kind: str, text: str) -> "Identity":
        """Return the identity of a relation, a type, a sequence or a column by its qualified name."""
        *container, name = NAME.findall(text)
        schema, relation, *_ = *container, "", ""
        return cls(kind, schema, relation, name)

    def part(self, kind: str, name: str) -> "Identity":
        """Return the identity of a column, constraint, index, trigger, rule or policy of this relation or domain."""
        # As Identity(...) in half of the time: most identities of a database are made here.
        return tuple.__new__(Identity, (kind, self.schema, self.name, name, "", None))

    def like(self, kind: str) -> "Identity":
        """Return the identity of another class with the same names."""
        return self._replace(kind=kind)


class Renaming(Protocol):
    """Objects with two names."""

    @property
    def identities(self) -> Mapping[Identity, Identity]:
        """Old identity -> new identity of each object that this rename changes itself."""
        ...

    def names(self, text: str) -> str:
        """Return a text with names of types as they are after the rename."""
        ...


def renaming(renames: Iterable[Renaming], known: Mapping[Identity, object]) -> Callable[[Identity], Identity]:
    """Return the function from old to new identities: of the renamed objects, and of all that is named after them.

    ``known``: the objects before the renames. An index or a row type that is not among them belongs to the
    constraint or the relation of its name.
    """
    renames = tuple(renames)
    done = {old: new for rename in renames for old, new in rename.identities.items()}
    for old, new in list(done.items()):
        part = {"constraint": "index"}.get(old.kind, "type" if old.kind in RELATIONS else "")
        if part and old.like(part) not in known:
            done[old.like(part)] = new.like(part)
    return _Renamer(renames, done)


class _Renamer:
    def __init__(self, renames: tuple[Renaming, ...], done: dict[Identity, Identity]) -> None:
        self.renames = renames
        self.done = done
        self.schemas = {old.name: new.name for old, new in done.items() if old.kind == "schema"}
        self.relations = {
            (old.schema, old.name): new for old, new in done.items() if old.kind in {*RELATIONS, "type"}
        }

    def __call__(self, old: Identity) -> Identity:
        if old not in self.done:
            self.done[old] = self._renamed(old)
        return self.done[old]

    def _renamed(self, old: Identity) -> Identity:
        new = old
        if old.target is not None:
            new = new._replace(target=self(old.target))
        if old.kind in ("publication_table", "publication_schema"):
            new = new._replace(name=self(Identity("publication", name=old.name)).name)
        relation = self.relations.get((old.schema, old.relation))
        if relation is not None:
            new = new._replace(schema=relation.schema, relation=relation.name)
        elif old.schema in self.schemas:
            new = new._replace(schema=self.schemas[old.schema])
        if old.kind in WITH_ARGUMENT_TYPES:
            for rename in self.renames:
                new = new._replace(arguments=rename.names(new.arguments))
        return new
