"""Triggers and event triggers."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

ORDER, DEVICE, MERCHANT = "public.payments_order", "public.payments_device", "public.payments_merchant"
TOUCH: Final = (
    "BEFORE INSERT OR UPDATE OF status, amount", f"ON {ORDER} FOR EACH ROW", "WHEN (NEW.amount > 0)",
    "EXECUTE FUNCTION public.touch('a', 'b')",
)


def touch(name: str, part: int, text: str, attribute: str) -> M:
    """Return the trigger ``touch`` with one part of its definition replaced."""
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


TRIGGERS: Final = (
    M("add a trigger", f"CREATE TRIGGER again BEFORE DELETE ON {ORDER} FOR EACH ROW EXECUTE FUNCTION public.touch()",
      "trigger", f"{ORDER}.again", change="added"),
    M("drop a trigger", f"DROP TRIGGER tell ON {ORDER}", "trigger", f"{ORDER}.tell", change="removed"),
    M("rename a trigger", f"ALTER TRIGGER tell ON {ORDER} RENAME TO told", "trigger", f"{ORDER}.tell", "name",
      mirrored=f"{ORDER}.told"),
    M("trigger renamed", "ALTER TRIGGER touch ON payments.orders RENAME TO stamp", "trigger", "payments.orders.touch",
      "name", mirrored="payments.orders.stamp"),
    M("drop a trigger of a partitioned table", "DROP TRIGGER on_payment ON public.payments_payment", "trigger",
      "public.payments_payment.on_payment", change="removed"),
    M("add a trigger to one partition", "CREATE TRIGGER alone BEFORE INSERT ON public.payments_payment_2024 FOR EACH ROW "
      "EXECUTE FUNCTION public.touch()", "trigger", "public.payments_payment_2024.alone", change="added"),
    touch("timing", 0, "AFTER INSERT OR UPDATE OF status, amount", "timing"),
    M("trigger timing", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch AFTER UPDATE OF total, "
      "currency ON payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION "
      "payments.touch('orders')", "trigger", "payments.orders.touch", "timing"),
    touch("an event less", 0, "BEFORE UPDATE OF status, amount", "events"),
    M("an event more", f"DROP TRIGGER tell ON {ORDER}; CREATE TRIGGER tell AFTER UPDATE OR INSERT ON {ORDER} FOR EACH "
      "STATEMENT EXECUTE FUNCTION public.touch()", "trigger", f"{ORDER}.tell", "events",
      given=f"DROP TRIGGER tell ON {ORDER}; CREATE TRIGGER tell AFTER UPDATE ON {ORDER} FOR EACH STATEMENT "
      "EXECUTE FUNCTION public.touch()"),
    touch("columns of a trigger", 0, "BEFORE INSERT OR UPDATE OF status", "columns"),
    touch("no columns of a trigger", 0, "BEFORE INSERT OR UPDATE", "columns"),
    M("trigger columns", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF total ON "
      "payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION "
      "payments.touch('orders')", "trigger", "payments.orders.touch", "columns"),
    M("trigger columns dropped", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE ON "
      "payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION "
      "payments.touch('orders')", "trigger", "payments.orders.touch", "columns"),
    touch("another condition", 2, "WHEN (NEW.amount > 1)", "condition"),
    touch("no condition", 2, "", "condition"),
    M("trigger condition", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF total, "
      "currency ON payments.orders FOR EACH ROW WHEN (OLD.total < NEW.total) EXECUTE FUNCTION "
      "payments.touch('orders')", "trigger", "payments.orders.touch", "condition"),
    M("trigger condition dropped", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF "
      "total, currency ON payments.orders FOR EACH ROW EXECUTE FUNCTION payments.touch('orders')", "trigger",
      "payments.orders.touch", "condition"),
    touch("function of a trigger", 3, "EXECUTE FUNCTION public.touch_again('a', 'b')", "function"),
    M("trigger function", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF total, "
      "currency ON payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION "
      "payments.note('orders')", "trigger", "payments.orders.touch", "function"),
    touch("arguments of a trigger", 3, "EXECUTE FUNCTION public.touch('a', 'c')", "arguments"),
    touch("an argument less", 3, "EXECUTE FUNCTION public.touch('a')", "arguments"),
    M("trigger arguments", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF total, "
      "currency ON payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION "
      "payments.touch('other')", "trigger", "payments.orders.touch", "arguments"),
    M("trigger argument dropped", "DROP TRIGGER touch ON payments.orders; CREATE TRIGGER touch BEFORE UPDATE OF "
      "total, currency ON payments.orders FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE "
      "FUNCTION payments.touch()", "trigger", "payments.orders.touch", "arguments"),
    M("level of a trigger", f"DROP TRIGGER plain ON {DEVICE}; CREATE TRIGGER plain AFTER INSERT ON {DEVICE} FOR EACH ROW "
      "EXECUTE FUNCTION public.touch()", "trigger", f"{DEVICE}.plain", "level", given="CREATE TRIGGER plain AFTER INSERT "
      f"ON {DEVICE} FOR EACH STATEMENT EXECUTE FUNCTION public.touch()"),
    M("trigger level", "DROP TRIGGER note ON payments.orders; CREATE TRIGGER note AFTER INSERT ON payments.orders "
      "REFERENCING NEW TABLE AS fresh FOR EACH ROW EXECUTE FUNCTION payments.note()", "trigger",
      "payments.orders.note", "level"),
    tell("old transition table", "REFERENCING OLD TABLE AS earlier NEW TABLE AS after FOR EACH STATEMENT", "old_table"),
    tell("no old transition table", "REFERENCING NEW TABLE AS after FOR EACH STATEMENT", "old_table"),
    tell("new transition table", "REFERENCING OLD TABLE AS before NEW TABLE AS now FOR EACH STATEMENT", "new_table"),
    M("trigger transition table", "DROP TRIGGER note ON payments.orders; CREATE TRIGGER note AFTER INSERT ON "
      "payments.orders REFERENCING NEW TABLE AS recent FOR EACH STATEMENT EXECUTE FUNCTION payments.note()",
      "trigger", "payments.orders.note", "new_table"),
    M("trigger transition table dropped", "DROP TRIGGER note ON payments.orders; CREATE TRIGGER note AFTER INSERT "
      "ON payments.orders FOR EACH STATEMENT EXECUTE FUNCTION payments.note()", "trigger", "payments.orders.note",
      "new_table"),
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
    M("trigger of all partitions disabled", "ALTER TABLE payments.ledger DISABLE TRIGGER ledger_note", "trigger",
      "payments.ledger.ledger_note", "enabled"),
    M("trigger of a view", "DROP TRIGGER instead ON public.payments_paid", "trigger", "public.payments_paid.instead",
      change="removed"),
    M("trigger added", "CREATE TRIGGER extra BEFORE DELETE ON payments.merchant EXECUTE FUNCTION payments.note()",
      "trigger", "payments.merchant.extra", change="added"),
    M("trigger of all partitions dropped", "DROP TRIGGER ledger_note ON payments.ledger", "trigger",
      "payments.ledger.ledger_note", change="removed"),
    M("events of a view's trigger", "DROP TRIGGER instead ON public.payments_paid; CREATE TRIGGER instead INSTEAD OF UPDATE "
      "ON public.payments_paid FOR EACH ROW EXECUTE FUNCTION public.touch()", "trigger", "public.payments_paid.instead",
      "events"),
    M("trigger event added", "DROP TRIGGER balance ON payments.order_line; CREATE CONSTRAINT TRIGGER balance AFTER "
      "INSERT OR DELETE ON payments.order_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
      "payments.note()", "trigger", "payments.order_line.balance", "events"),
    M("trigger event", "DROP TRIGGER balance ON payments.order_line; CREATE CONSTRAINT TRIGGER balance AFTER "
      "DELETE ON payments.order_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.note()",
      "trigger", "payments.order_line.balance", "events"),
)
EVENT_TRIGGERS: Final = (
    M("add an event trigger", "CREATE EVENT TRIGGER dropped ON sql_drop WHEN TAG IN ('DROP CONVERSION') "
      "EXECUTE FUNCTION public.on_ddl()", "event_trigger", "dropped", change="added"),
    M("drop an event trigger", "DROP EVENT TRIGGER noticed", "event_trigger", "noticed", change="removed"),
    M("rename an event trigger", "ALTER EVENT TRIGGER noticed RENAME TO seen", "event_trigger", "noticed", "name",
      mirrored="seen"),
    noticed("event", "ON ddl_command_start WHEN TAG IN ('CREATE AGGREGATE', 'CREATE CONVERSION') "
            "EXECUTE FUNCTION public.on_ddl()", "event"),
    M("event trigger event", "DROP EVENT TRIGGER watcher; CREATE EVENT TRIGGER watcher ON ddl_command_end WHEN TAG "
      "IN ('DROP AGGREGATE', 'CREATE CAST') EXECUTE FUNCTION payments.watch()", "event_trigger", "watcher", "event"),
    noticed("tags", "ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE') EXECUTE FUNCTION public.on_ddl()", "tags"),
    M("event trigger tags", "DROP EVENT TRIGGER watcher; CREATE EVENT TRIGGER watcher ON ddl_command_start WHEN "
      "TAG IN ('DROP AGGREGATE') EXECUTE FUNCTION payments.watch()", "event_trigger", "watcher", "tags"),
    noticed("function of an event trigger", "ON ddl_command_end WHEN TAG IN ('CREATE AGGREGATE', 'CREATE CONVERSION') "
            "EXECUTE FUNCTION public.on_ddl_again()", "function"),
    M("event trigger disabled", "ALTER EVENT TRIGGER noticed DISABLE", "event_trigger", "noticed", "enabled"),
    M("event trigger always", "ALTER EVENT TRIGGER noticed ENABLE ALWAYS", "event_trigger", "noticed", "enabled"),
    M("owner of an event trigger", "ALTER EVENT TRIGGER noticed OWNER TO mutation_owner", "event_trigger", "noticed",
      "owner", given="ALTER ROLE mutation_owner SUPERUSER"),
)
CASES: Final = (*TRIGGERS, *EVENT_TRIGGERS)
