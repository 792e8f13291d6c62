"""Types: enums, domains and their constraints, composite, range and base types."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

CURRENCY, MONEY, SHORT, ADDRESS = "public.currency", "public.money_amount", "public.short_text", "public.address"
WORDS, TINY = "public.word_range", "public.tiny"
FREE_TYPES: Final = (
    "CREATE TYPE public.mood AS ENUM ('sad', 'glad');"
    "CREATE DOMAIN public.part AS numeric(5, 2) CONSTRAINT part_check CHECK (VALUE > 0)"
)
OWN_SUBTRACTION: Final = (
    "CREATE FUNCTION public.distance(float8, float8) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT AS 'float8mi'"
)
CANONICAL: Final = (
    "CREATE TYPE public.steps; CREATE FUNCTION public.steps_canonical(public.steps) RETURNS public.steps "
    "LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical'; "
)


def composite(name: str, action: str, attribute: str = "attributes") -> M:
    return M(name, f"ALTER TYPE {ADDRESS} {action}", "type", ADDRESS, attribute)


def remade(name: str, type_: str, before: str, after: str, attribute: str, given: str = "") -> M:
    """Return a type that was dropped and made again."""
    return M(name, f"DROP TYPE public.{type_}; CREATE TYPE public.{type_} {after}", "type", f"public.{type_}",
             attribute, given=f"{given};CREATE TYPE public.{type_} {before}")


CASES: Final = (
    M("add an enum", "CREATE TYPE public.mood AS ENUM ('sad')", "type", "public.mood", change="added"),
    M("drop a type", "DROP TYPE public.word_range", "type", WORDS, change="removed"),
    M("rename a type", "ALTER TYPE public.word_range RENAME TO words", "type", WORDS, "name", mirrored="public.words"),
    M("rename a type that columns have", f"ALTER TYPE {CURRENCY} RENAME TO coin", "type", CURRENCY, "name",
      mirrored="public.coin"),
    M("type renamed", "ALTER TYPE payments.status RENAME TO order_status", "type", "payments.status", "name",
      mirrored="payments.order_status"),
    M("owner of a type", f"ALTER TYPE {ADDRESS} OWNER TO mutation_owner", "type", ADDRESS, "owner"),
    M("domain owner", "ALTER DOMAIN payments.amount OWNER TO pg_monitor", "type", "payments.amount", "owner"),
    M("add an enum's value", f"ALTER TYPE {CURRENCY} ADD VALUE 'CNY'", "type", CURRENCY, "values"),
    M("add an enum's value in the middle", f"ALTER TYPE {CURRENCY} ADD VALUE 'CNY' BEFORE 'USD'", "type", CURRENCY,
      "values"),
    M("rename an enum's value", f"ALTER TYPE {CURRENCY} RENAME VALUE 'EUR' TO 'GBP'", "type", CURRENCY, "values"),
    M("order of an enum's values", "DROP TYPE public.mood; CREATE TYPE public.mood AS ENUM ('glad', 'sad')", "type",
      "public.mood", "values", given=FREE_TYPES),
    M("drop an enum's value", "DROP TYPE public.mood; CREATE TYPE public.mood AS ENUM ('sad')", "type", "public.mood",
      "values", given=FREE_TYPES),
    M("enum value added", "ALTER TYPE payments.status ADD VALUE 'void'", "type", "payments.status", "values"),
    M("enum value added before", "ALTER TYPE payments.status ADD VALUE 'void' BEFORE 'paid'", "type",
      "payments.status", "values"),
    M("a domain's modifier", "DROP DOMAIN public.part; "
      "CREATE DOMAIN public.part AS numeric(6, 2) CONSTRAINT part_check CHECK (VALUE > 0)", "type", "public.part",
      "base_type", given=FREE_TYPES),
    M("domain base type modifier",
      "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS varchar(35) DEFAULT 'none' NOT NULL", "type",
      "payments.iban", "base_type"),
    M("domain base type",
      "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS text DEFAULT 'none'::varchar NOT NULL", "type",
      "payments.iban", "base_type"),
    M("a domain's collation", 'DROP DOMAIN public.word; CREATE DOMAIN public.word AS text COLLATE "POSIX"', "type",
      "public.word", "collation", given='CREATE DOMAIN public.word AS text COLLATE "C"'),
    M("domain collation",
      "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS varchar(34) COLLATE \"C\" DEFAULT 'none' NOT NULL",
      "type", "payments.iban", "collation"),
    M("a domain's default", f"ALTER DOMAIN {MONEY} SET DEFAULT 1", "type", MONEY, "default"),
    M("no default of a domain", f"ALTER DOMAIN {MONEY} DROP DEFAULT", "type", MONEY, "default"),
    M("a domain that may be null", f"ALTER DOMAIN {MONEY} DROP NOT NULL", "type", MONEY, "not_null"),
    M("a domain that may not be null", f"ALTER DOMAIN {SHORT} SET NOT NULL", "type", SHORT, "not_null"),
    M("name of a domain's NOT NULL constraint", f"ALTER DOMAIN {MONEY} RENAME CONSTRAINT money_amount_not_null TO must",
      "type", MONEY, "not_null_constraint", since=18),
    M("a domain's check", f"ALTER DOMAIN {MONEY} DROP CONSTRAINT money_amount_positive; ALTER DOMAIN {MONEY} "
      "ADD CONSTRAINT money_amount_positive CHECK (VALUE > 0)", "constraint", f"{MONEY}.money_amount_positive",
      "expression"),
    M("a domain's check not valid", f"ALTER DOMAIN {MONEY} DROP CONSTRAINT money_amount_positive; ALTER DOMAIN {MONEY} "
      "ADD CONSTRAINT money_amount_positive CHECK (VALUE >= 0) NOT VALID", "constraint",
      f"{MONEY}.money_amount_positive", "valid"),
    M("name of a domain's check", f"ALTER DOMAIN {MONEY} RENAME CONSTRAINT money_amount_positive TO positive",
      "constraint", f"{MONEY}.money_amount_positive", "name", mirrored=f"{MONEY}.positive"),
    M("domain check renamed", "ALTER DOMAIN payments.amount RENAME CONSTRAINT amount_positive TO amount_sign",
      "constraint", "payments.amount.amount_positive", "name", mirrored="payments.amount.amount_sign"),
    M("a domain's check more", f"ALTER DOMAIN {SHORT} ADD CONSTRAINT filled CHECK (VALUE <> '')", "constraint",
      f"{SHORT}.filled", change="added"),
    M("a domain's check less", f"ALTER DOMAIN {MONEY} DROP CONSTRAINT money_amount_positive", "constraint",
      f"{MONEY}.money_amount_positive", change="removed"),
    M("domain check added", "ALTER DOMAIN payments.iban ADD CONSTRAINT iban_long CHECK (length(VALUE) > 3)",
      "constraint", "payments.iban.iban_long", change="added"),
    composite("an attribute more", "ADD ATTRIBUTE flat integer"),
    composite("an attribute less", "DROP ATTRIBUTE house"),
    M("type of an attribute", "ALTER TYPE public.pair ALTER ATTRIBUTE b TYPE varchar(11)", "type", "public.pair",
        "attributes", given="CREATE TYPE public.pair AS (a integer, b varchar(10))"),
    M("collation of an attribute", 'ALTER TYPE public.pair ALTER ATTRIBUTE b TYPE text COLLATE "POSIX"', "type",
      "public.pair", "attributes", given='CREATE TYPE public.pair AS (a integer, b text COLLATE "C")'),
    composite("name of an attribute", "RENAME ATTRIBUTE house TO building"),
    remade("order of attributes", "pair", "AS (a integer, b text)", "AS (b text, a integer)", "attributes"),
    M("composite attribute added", "ALTER TYPE payments.address ADD ATTRIBUTE country text", "type",
      "payments.address", "attributes"),
    M("composite attribute type", "ALTER TYPE payments.address ALTER ATTRIBUTE street TYPE varchar(90)", "type",
      "payments.address", "attributes"),
    M("composite attribute dropped", "ALTER TYPE payments.address DROP ATTRIBUTE zip", "type", "payments.address",
      "attributes"),
    M("composite attribute collation",
      'ALTER TYPE payments.address ALTER ATTRIBUTE street TYPE varchar(80) COLLATE "C"', "type", "payments.address",
      "attributes"),
    M("composite attribute renamed", "ALTER TYPE payments.address RENAME ATTRIBUTE zip TO postcode", "type",
      "payments.address", "attributes"),
    M("composite attributes in another order", "ALTER TYPE payments.address DROP ATTRIBUTE street; ALTER TYPE "
      "payments.address ADD ATTRIBUTE street varchar(80)", "type", "payments.address", "attributes"),
    remade("subtype of a range", "free_range", "AS RANGE (subtype = float8)", "AS RANGE (subtype = float4)", "subtype"),
    M("range subtype", "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = numeric)", "type",
      "payments.span", "subtype"),
    remade("operator class of a range", "free_range", "AS RANGE (subtype = text)",
           "AS RANGE (subtype = text, subtype_opclass = text_pattern_ops)", "operator_class"),
    M("range operator class", "DROP TYPE payments.words; CREATE TYPE payments.words AS RANGE (subtype = text, "
      "subtype_opclass = text_pattern_ops)", "type", "payments.words", "operator_class"),
    remade("collation of a range", "free_range", 'AS RANGE (subtype = text, collation = "C")',
           'AS RANGE (subtype = text, collation = "POSIX")', "subtype_collation"),
    M("range collation",
      'DROP TYPE payments.words; CREATE TYPE payments.words AS RANGE (subtype = text, collation = "C")', "type",
      "payments.words", "subtype_collation"),
    remade("difference function of a range", "free_range", "AS RANGE (subtype = float8, subtype_diff = float8mi)",
           "AS RANGE (subtype = float8, subtype_diff = public.distance)", "subtype_difference", OWN_SUBTRACTION),
    M("range difference function", "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = float8, "
      "subtype_diff = payments.span_distance)", "type", "payments.span", "subtype_difference"),
    remade("multirange's name", "free_range", "AS RANGE (subtype = float8, multirange_type_name = public.many)",
           "AS RANGE (subtype = float8, multirange_type_name = public.several)", "multirange"),
    M("range multirange name", "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = float8, "
      "multirange_type_name = payments.spans)", "type", "payments.span", "multirange"),
    M("canonical function of a range", "DROP TYPE public.steps CASCADE; CREATE TYPE public.steps; CREATE FUNCTION "
      "public.steps_canonical(public.steps) RETURNS public.steps LANGUAGE internal IMMUTABLE STRICT AS "
      "'int4range_canonical'; CREATE TYPE public.steps AS RANGE (subtype = integer)", "type", "public.steps",
      "canonical", given=CANONICAL + "CREATE TYPE public.steps AS RANGE (subtype = integer, "
      "canonical = public.steps_canonical)"),
    M("a base type's property", f"UPDATE pg_type SET typcategory = 'N' WHERE oid = '{TINY}'::regtype", "type", TINY,
      "definition"),
    M("a base type's default", f"UPDATE pg_type SET typdefault = '7' WHERE oid = '{TINY}'::regtype", "type", TINY,
      "default"),
    M("domain default", "ALTER DOMAIN payments.iban SET DEFAULT 'x'", "type", "payments.iban", "default"),
    M("domain default dropped", "ALTER DOMAIN payments.iban DROP DEFAULT", "type", "payments.iban", "default"),
    M("a shell type less", "DROP TYPE public.shell_type", "type", "public.shell_type", change="removed"),
    M("domain added", "CREATE DOMAIN payments.money AS numeric", "type", "payments.money", change="added"),
    M("domain dropped", "DROP DOMAIN payments.iban", "type", "payments.iban", change="removed"),
)
