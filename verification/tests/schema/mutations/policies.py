"""Row security policies."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

MERCHANT: Final = "public.payments_merchant"
OWN, NEW = f"{MERCHANT}.own_rows", f"{MERCHANT}.new_rows"


def policy(name: str, text: str, attribute: str) -> M:
    return M(name, f"DROP POLICY own_rows ON {MERCHANT}; CREATE POLICY own_rows ON {MERCHANT} {text}", "policy", OWN,
             attribute)


CASES: Final = (
    M("add a policy", f"CREATE POLICY own_rows_too ON {MERCHANT} FOR SELECT TO mutation_reader USING (is_active)", "policy",
      f"{MERCHANT}.own_rows_too", change="added"),
    M("drop a policy", f"DROP POLICY own_rows ON {MERCHANT}", "policy", OWN, change="removed"),
    M("policy added", "CREATE POLICY extra ON payments.device", "policy", "payments.device.extra", change="added"),
    M("policy dropped", "DROP POLICY device_own ON payments.device", "policy", "payments.device.device_own",
      change="removed"),
    M("rename a policy", f"ALTER POLICY own_rows ON {MERCHANT} RENAME TO rows", "policy", OWN, "name",
      mirrored=f"{MERCHANT}.rows"),
    M("policy renamed", "ALTER POLICY device_own ON payments.device RENAME TO device_mine", "policy",
      "payments.device.device_own", "name", mirrored="payments.device.device_mine"),
    policy("command of a policy", "FOR DELETE TO mutation_reader USING (is_active)", "command"),
    policy("command of a policy to all", "TO mutation_reader USING (is_active)", "command"),
    M("policy command", "DROP POLICY device_own ON payments.device; CREATE POLICY device_own ON payments.device "
      "FOR DELETE TO pg_monitor USING (merchant_id > 0); COMMENT ON POLICY device_own ON payments.device IS 'one "
      "sees one''s own'", "policy", "payments.device.device_own", "command"),
    policy("policy restrictive", "AS RESTRICTIVE FOR SELECT TO mutation_reader USING (is_active)", "permissive"),
    policy("roles of a policy", "FOR SELECT TO mutation_owner USING (is_active)", "roles"),
    policy("policy for everybody", "FOR SELECT USING (is_active)", "roles"),
    policy("a role more", "FOR SELECT TO mutation_owner, mutation_reader USING (is_active)", "roles"),
    M("policy roles", "ALTER POLICY device_own ON payments.device TO PUBLIC", "policy", "payments.device.device_own",
      "roles"),
    M("policy role added", "ALTER POLICY device_own ON payments.device TO pg_monitor, pg_read_all_data", "policy",
      "payments.device.device_own", "roles"),
    policy("using", "FOR SELECT TO mutation_reader USING (NOT is_active)", "using"),
    M("policy using", "ALTER POLICY device_own ON payments.device USING (merchant_id > 1)", "policy",
      "payments.device.device_own", "using"),
    M("with check", f"ALTER POLICY new_rows ON {MERCHANT} WITH CHECK (commission > 1)", "policy", NEW, "check"),
    M("policy check", "ALTER POLICY device_write ON payments.device WITH CHECK (id > 2)", "policy",
      "payments.device.device_write", "check"),
    M("policy check dropped", "DROP POLICY device_write ON payments.device; CREATE POLICY device_write ON "
      "payments.device FOR UPDATE TO pg_monitor USING (id > 0)", "policy", "payments.device.device_write", "check"),
)
