"""Enums, domains, composites, ranges, base types."""

# ruff: noqa: E501 - statements of SQL, each in one piece

from typing import Final

from verification.tests.schema.mutations.cases import Mutation

CASES: Final = (
    Mutation(
        "enum value added", "ALTER TYPE payments.status ADD VALUE 'void'", "type", "payments.status", "values"
    ),
    Mutation(
        "enum value added before",
        "ALTER TYPE payments.status ADD VALUE 'void' BEFORE 'paid'",
        "type",
        "payments.status",
        "values",
    ),
    Mutation("enum added", "CREATE TYPE payments.mood AS ENUM ('a')", "type", "payments.mood", ""),
    Mutation("shell type dropped", "DROP TYPE payments.shell", "type", "payments.shell", ""),
    Mutation("domain added", "CREATE DOMAIN payments.money AS numeric", "type", "payments.money", ""),
    Mutation("domain dropped", "DROP DOMAIN payments.iban", "type", "payments.iban", ""),
    Mutation(
        "domain base type modifier",
        "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS varchar(35) DEFAULT 'none' NOT NULL",
        "type",
        "payments.iban",
        "base_type",
    ),
    Mutation(
        "domain base type",
        "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS text DEFAULT 'none'::varchar NOT NULL",
        "type",
        "payments.iban",
        "base_type",
    ),
    Mutation(
        "domain collation",
        "DROP DOMAIN payments.iban; CREATE DOMAIN payments.iban AS varchar(34) COLLATE \"C\" DEFAULT 'none' NOT NULL",
        "type",
        "payments.iban",
        "collation",
    ),
    Mutation(
        "domain default", "ALTER DOMAIN payments.iban SET DEFAULT 'x'", "type", "payments.iban", "default"
    ),
    Mutation(
        "domain default dropped",
        "ALTER DOMAIN payments.iban DROP DEFAULT",
        "type",
        "payments.iban",
        "default",
    ),
    Mutation(
        "domain nullable", "ALTER DOMAIN payments.iban DROP NOT NULL", "type", "payments.iban", "not_null"
    ),
    Mutation(
        "domain not null", "ALTER DOMAIN payments.amount SET NOT NULL", "type", "payments.amount", "not_null"
    ),
    Mutation(
        "domain check dropped",
        "ALTER DOMAIN payments.amount DROP CONSTRAINT amount_positive",
        "constraint",
        "payments.amount.amount_positive",
        "",
    ),
    Mutation(
        "domain check added",
        "ALTER DOMAIN payments.iban ADD CONSTRAINT iban_long CHECK (length(VALUE) > 3)",
        "constraint",
        "payments.iban.iban_long",
        "",
    ),
    Mutation(
        "domain check expression",
        "ALTER DOMAIN payments.amount DROP CONSTRAINT amount_positive; ALTER DOMAIN payments.amount ADD CONSTRAINT amount_positive CHECK (VALUE > 0)",
        "constraint",
        "payments.amount.amount_positive",
        "expression",
    ),
    Mutation(
        "domain check not valid",
        "ALTER DOMAIN payments.amount DROP CONSTRAINT amount_positive; ALTER DOMAIN payments.amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0) NOT VALID",
        "constraint",
        "payments.amount.amount_positive",
        "valid",
    ),
    Mutation(
        "domain check renamed",
        "ALTER DOMAIN payments.amount RENAME CONSTRAINT amount_positive TO amount_sign",
        "constraint",
        "payments.amount.amount_positive",
        "name",
        mirrored="payments.amount.amount_sign",
    ),
    Mutation(
        "domain owner", "ALTER DOMAIN payments.amount OWNER TO pg_monitor", "type", "payments.amount", "owner"
    ),
    Mutation(
        "composite attribute added",
        "ALTER TYPE payments.address ADD ATTRIBUTE country text",
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "composite attribute type",
        "ALTER TYPE payments.address ALTER ATTRIBUTE street TYPE varchar(90)",
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "composite attribute dropped",
        "ALTER TYPE payments.address DROP ATTRIBUTE zip",
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "composite attribute collation",
        'ALTER TYPE payments.address ALTER ATTRIBUTE street TYPE varchar(80) COLLATE "C"',
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "composite attribute renamed",
        "ALTER TYPE payments.address RENAME ATTRIBUTE zip TO postcode",
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "composite attributes in another order",
        "ALTER TYPE payments.address DROP ATTRIBUTE street; ALTER TYPE payments.address ADD ATTRIBUTE street varchar(80)",
        "type",
        "payments.address",
        "attributes",
    ),
    Mutation(
        "range subtype",
        "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = numeric)",
        "type",
        "payments.span",
        "subtype",
    ),
    Mutation(
        "range operator class",
        "DROP TYPE payments.words; CREATE TYPE payments.words AS RANGE (subtype = text, subtype_opclass = text_pattern_ops)",
        "type",
        "payments.words",
        "operator_class",
    ),
    Mutation(
        "range collation",
        'DROP TYPE payments.words; CREATE TYPE payments.words AS RANGE (subtype = text, collation = "C")',
        "type",
        "payments.words",
        "subtype_collation",
    ),
    Mutation(
        "range difference function",
        "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = float8, subtype_diff = payments.span_distance)",
        "type",
        "payments.span",
        "subtype_difference",
    ),
    Mutation(
        "range multirange name",
        "DROP TYPE payments.span; CREATE TYPE payments.span AS RANGE (subtype = float8, multirange_type_name = payments.spans)",
        "type",
        "payments.span",
        "multirange",
    ),
    Mutation(
        "type owner", "ALTER TYPE payments.status OWNER TO pg_monitor", "type", "payments.status", "owner"
    ),
    Mutation(
        "type renamed",
        "ALTER TYPE payments.status RENAME TO order_status",
        "type",
        "payments.status",
        "name",
        mirrored="payments.order_status",
    ),
    Mutation(
        "type grant",
        "REVOKE USAGE ON TYPE payments.status FROM PUBLIC",
        "grant",
        "type payments.status to PUBLIC",
        "privileges",
    ),
    Mutation(
        "type comment", "COMMENT ON TYPE payments.status IS 'x'", "comment", "type payments.status", "comment"
    ),
    Mutation(
        "domain comment",
        "COMMENT ON DOMAIN payments.amount IS 'x'",
        "comment",
        "type payments.amount",
        "comment",
    ),
    Mutation(
        "comment on a domain's constraint",
        "COMMENT ON CONSTRAINT amount_positive ON DOMAIN payments.amount IS 'x'",
        "comment",
        "constraint payments.amount.amount_positive",
        "comment",
    ),
)
