"""One change of one trigger, event trigger or policy."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

ORDER, DEVICE, MERCHANT = "public.payments_order", "public.payments_device", "public.payments_merchant"
OWN, NEW = f"{MERCHANT}.own_rows", f"{MERCHANT}.new_rows"
TOUCH: Final = (
    "BEFORE INSERT OR UPDATE OF status, amount", f"ON {ORDER} FOR EACH ROW", "WHEN (NEW.amount > 0)",
    "EXECUTE FUNCTION public.touch('a', 'b')",
)


def touch(name: str, part: int, text: str, attribute: str) -> M:
    """Give the trigger ``touch`` with one part of its definition replaced."""
    parts = [text if number == part else each for number, each in enumerate(TOUCH)]
    sql = f"DROP TRIGGER touch ON {ORDER}; CREATE TRIGGER touch {' '.join(parts)}"
    return M(name, sql, "trigger", f"{ORDER}.touch", attribute)


def tell(name: str, text: str, attribute: str) -> M:
    sql = f"DROP TRIGGER tell ON {ORDER}; CREATE TRIGGER tell AFTER UPDATE ON {ORDER} {text} EXECUTE FUNCTION public.touch()"
    return M(name, sql, "trigger", f"{ORDER}.tell", attribute)


def later(name: str, text: str, attribute: str) -> M:
    sql = (
        f"DROP TRIGGER later ON {DEVICE}; CREATE CONSTRAINT TRIGGER later AFTER INSERT ON {DEVICE} {text} "
        "FOR EACH ROW EXECUTE FUNCTION public.touch()"
    )
    return M(name, sql, "trigger", f"{DEVICE}.later", attribute)


def noticed(name: str, text: str, attribute: str) -> M:
    return M(name, f"DROP EVENT TRIGGER noticed; CREATE EVENT TRIGGER noticed {text}", "event_trigger", "noticed", attribute)


def policy(name: str, text: str, attribute: str) -> M:
    return M(name, f"DROP POLICY own_rows ON {MERCHANT}; CREATE POLICY own_rows ON {MERCHANT} {text}", "policy", OWN,
             attribute)


TRIGGERS: Final = (
    M("add a trigger", f"CREATE TRIGGER again BEFORE DELETE ON {ORDER} FOR EACH ROW EXECUTE FUNCTION public.touch()",
      "trigger", f"{ORDER}.again", change="added"),
    M("drop a trigger", f"DROP TRIGGER tell ON {ORDER}", "trigger", f"{ORDER}.tell", change="removed"),
    M("rename a trigger", f"ALTER TRIGGER tell ON {ORDER} RENAME TO told", "trigger", f"{ORDER}.tell", "name",
      mirrored=f"{ORDER}.told"),
    M("drop a trigger of a partitioned table", "DROP TRIGGER on_payment ON public.payments_payment", "trigger",
      "public.payments_payment.on_payment", change="removed"),
    M("add a trigger to one partition", "CREATE TRIGGER alone BEFORE INSERT ON public.payments_payment_2024 FOR EACH ROW "
      "EXECUTE FUNCTION public.touch()", "trigger", "public.payments_payment_2024.alone", change="added"),
    touch("timing", 0, "AFTER INSERT OR UPDATE OF status, amount", "timing"),
    touch("an event less", 0, "BEFORE UPDATE OF status, amount", "events"),
    M("an event more", f"DROP TRIGGER tell ON {ORDER}; CREATE TRIGGER tell AFTER UPDATE OR INSERT ON {ORDER} FOR EACH "
      "STATEMENT EXECUTE FUNCTION public.touch()", "trigger", f"{ORDER}.tell", "events",
      given=f"DROP TRIGGER tell ON {ORDER}; CREATE TRIGGER tell AFTER UPDATE ON {ORDER} FOR EACH STATEMENT "
      "EXECUTE FUNCTION public.touch()"),
    touch("columns of a trigger", 0, "BEFORE INSERT OR UPDATE OF status", "columns"),
    touch("no columns of a trigger", 0, "BEFORE INSERT OR UPDATE", "columns"),
    touch("another condition", 2, "WHEN (NEW.amount > 1)", "condition"),
    touch("no condition", 2, "", "condition"),
    touch("function of a trigger", 3, "EXECUTE FUNCTION public.touch_again('a', 'b')", "function"),
    touch("arguments of a trigger", 3, "EXECUTE FUNCTION public.touch('a', 'c')", "arguments"),
    touch("an argument less", 3, "EXECUTE FUNCTION public.touch('a')", "arguments"),
    M("level of a trigger", f"DROP TRIGGER plain ON {DEVICE}; CREATE TRIGGER plain AFTER INSERT ON {DEVICE} FOR EACH ROW "
      "EXECUTE FUNCTION public.touch()", "trigger", f"{DEVICE}.plain", "level", given="CREATE TRIGGER plain AFTER INSERT "
      f"ON {DEVICE} FOR EACH STATEMENT EXECUTE FUNCTION public.touch()"),
    tell("old transition table", "REFERENCING OLD TABLE AS earlier NEW TABLE AS after FOR EACH STATEMENT", "old_table"),
    tell("no old transition table", "REFERENCING NEW TABLE AS after FOR EACH STATEMENT", "old_table"),
    tell("new transition table", "REFERENCING OLD TABLE AS before NEW TABLE AS now FOR EACH STATEMENT", "new_table"),
    later("trigger not deferrable", "NOT DEFERRABLE", "deferrable"),
    later("trigger initially immediate", "DEFERRABLE", "initially_deferred"),
    later("table that a constraint trigger refers to", f"FROM {MERCHANT} DEFERRABLE INITIALLY DEFERRED",
          "referenced_table"),
    M("constraint trigger to a plain one", f"DROP TRIGGER later ON {DEVICE}; CREATE TRIGGER later AFTER INSERT ON {DEVICE} "
      "FOR EACH ROW EXECUTE FUNCTION public.touch()", "trigger", f"{DEVICE}.later", "constraint",
      given=f"DROP TRIGGER later ON {DEVICE}; CREATE CONSTRAINT TRIGGER later AFTER INSERT ON {DEVICE} FOR EACH ROW "
      "EXECUTE FUNCTION public.touch()"),
    M("trigger disabled", f"ALTER TABLE {ORDER} DISABLE TRIGGER touch", "trigger", f"{ORDER}.touch", "enabled"),
    M("trigger enabled for replicas", f"ALTER TABLE {ORDER} ENABLE REPLICA TRIGGER touch", "trigger", f"{ORDER}.touch",
      "enabled"),
    M("trigger enabled always", f"ALTER TABLE {ORDER} ENABLE ALWAYS TRIGGER touch", "trigger", f"{ORDER}.touch", "enabled"),
    M("trigger disabled on one partition", "ALTER TABLE public.payments_payment_2025 DISABLE TRIGGER on_payment", "trigger",
      "public.payments_payment_2025.on_payment", "enabled"),
    M("trigger of a view", "DROP TRIGGER instead ON public.payments_paid", "trigger", "public.payments_paid.instead",
      change="removed"),
    M("events of a view's trigger", "DROP TRIGGER instead ON public.payments_paid; CREATE TRIGGER instead INSTEAD OF UPDATE "
      "ON public.payments_paid FOR EACH ROW EXECUTE FUNCTION public.touch()", "trigger", "public.payments_paid.instead",
      "events"),
)
EVENT_TRIGGERS: Final = (
    M("add an event trigger", "CREATE EVENT TRIGGER dropped ON sql_drop WHEN TAG IN ('DROP CONVERSION') "
      "EXECUTE FUNCTION public.on_ddl()", "event_trigger", "dropped", change="added"),
    M("drop an event trigger", "DROP EVENT TRIGGER noticed", "event_trigger", "noticed", change="removed"),
    M("rename an event trigger", "ALTER EVENT TRIGGER noticed RENAME TO seen", "event_trigger", "noticed", "name",
      mirrored="seen"),
    noticed("event", "ON ddl_command_start WHEN TAG IN ('CREATE AGGREGATE', 'CREATE CONVERSION') "
            "EXECUTE FUNCTION public.on_ddl()", "event"),
    noticed("tags", "ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE') EXECUTE FUNCTION public.on_ddl()", "tags"),
    noticed("function of an event trigger", "ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE', 'CREATE CONVERSION') "
            "EXECUTE FUNCTION public.on_ddl_again()", "function"),
    M("event trigger disabled", "ALTER EVENT TRIGGER noticed DISABLE", "event_trigger", "noticed", "enabled"),
    M("event trigger always", "ALTER EVENT TRIGGER noticed ENABLE ALWAYS", "event_trigger", "noticed", "enabled"),
    M("owner of an event trigger", "ALTER EVENT TRIGGER noticed OWNER TO mutation_owner", "event_trigger", "noticed",
      "owner", given="ALTER ROLE mutation_owner SUPERUSER"),
)
POLICIES: Final = (
    M("add a policy", f"CREATE POLICY own_rows_too ON {MERCHANT} FOR SELECT TO mutation_reader USING (is_active)", "policy",
      f"{MERCHANT}.own_rows_too", change="added"),
    M("drop a policy", f"DROP POLICY own_rows ON {MERCHANT}", "policy", OWN, change="removed"),
    M("rename a policy", f"ALTER POLICY own_rows ON {MERCHANT} RENAME TO rows", "policy", OWN, "name",
      mirrored=f"{MERCHANT}.rows"),
    policy("command of a policy", "FOR DELETE TO mutation_reader USING (is_active)", "command"),
    policy("command of a policy to all", "TO mutation_reader USING (is_active)", "command"),
    policy("policy restrictive", "AS RESTRICTIVE FOR SELECT TO mutation_reader USING (is_active)", "permissive"),
    policy("roles of a policy", "FOR SELECT TO mutation_owner USING (is_active)", "roles"),
    policy("policy for everybody", "FOR SELECT USING (is_active)", "roles"),
    policy("a role more", "FOR SELECT TO mutation_owner, mutation_reader USING (is_active)", "roles"),
    policy("using", "FOR SELECT TO mutation_reader USING (NOT is_active)", "using"),
    M("with check", f"ALTER POLICY new_rows ON {MERCHANT} WITH CHECK (commission > 1)", "policy", NEW, "check"),
)
MUTATIONS: Final = (*TRIGGERS, *EVENT_TRIGGERS, *POLICIES)
