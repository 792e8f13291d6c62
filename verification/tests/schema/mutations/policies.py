"""Row security policies."""

# ruff: noqa: E501 - statements of SQL, each in one piece

from typing import Final

from verification.tests.schema.mutations.cases import Mutation

CASES: Final = (
    Mutation("policy added", "CREATE POLICY extra ON payments.device", "policy", "payments.device.extra", ""),
    Mutation(
        "policy dropped",
        "DROP POLICY device_own ON payments.device",
        "policy",
        "payments.device.device_own",
        "",
    ),
    Mutation(
        "policy renamed",
        "ALTER POLICY device_own ON payments.device RENAME TO device_mine",
        "policy",
        "payments.device.device_own",
        "name",
        mirrored="payments.device.device_mine",
    ),
    Mutation(
        "policy command",
        "DROP POLICY device_own ON payments.device; CREATE POLICY device_own ON payments.device FOR DELETE TO pg_monitor USING (merchant_id > 0); COMMENT ON POLICY device_own ON payments.device IS 'one sees one''s own'",
        "policy",
        "payments.device.device_own",
        "command",
    ),
    Mutation(
        "policy restrictive",
        "DROP POLICY device_own ON payments.device; CREATE POLICY device_own ON payments.device AS RESTRICTIVE FOR SELECT TO pg_monitor USING (merchant_id > 0); COMMENT ON POLICY device_own ON payments.device IS 'one sees one''s own'",
        "policy",
        "payments.device.device_own",
        "permissive",
    ),
    Mutation(
        "policy roles",
        "ALTER POLICY device_own ON payments.device TO PUBLIC",
        "policy",
        "payments.device.device_own",
        "roles",
    ),
    Mutation(
        "policy role added",
        "ALTER POLICY device_own ON payments.device TO pg_monitor, pg_read_all_data",
        "policy",
        "payments.device.device_own",
        "roles",
    ),
    Mutation(
        "policy using",
        "ALTER POLICY device_own ON payments.device USING (merchant_id > 1)",
        "policy",
        "payments.device.device_own",
        "using",
    ),
    Mutation(
        "policy check",
        "ALTER POLICY device_write ON payments.device WITH CHECK (id > 2)",
        "policy",
        "payments.device.device_write",
        "check",
    ),
    Mutation(
        "policy check dropped",
        "DROP POLICY device_write ON payments.device; CREATE POLICY device_write ON payments.device FOR UPDATE TO pg_monitor USING (id > 0)",
        "policy",
        "payments.device.device_write",
        "check",
    ),
    Mutation(
        "policy comment",
        "COMMENT ON POLICY device_own ON payments.device IS 'x'",
        "comment",
        "policy payments.device.device_own",
        "comment",
    ),
)
