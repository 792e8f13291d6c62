"""Indexes."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

ORDER, DEVICE, STRANGE = "public.payments_order", "public.payments_device", "public.strange"


def rebuilt(
    name: str, table: str, index: str, definition: str, attribute: str, *, since: int = 14, given: str = ""
) -> M:
    """Return an index that was dropped and made again: ``definition`` has {index} for the name."""
    sql = f"DROP INDEX public.{index}; {definition.format(index=index)}"
    return M(name, sql, "index", f"{table}.{index}", attribute, since=since, given=given)


def status(keys: str, rest: str = "") -> str:
    return f"CREATE INDEX {{index}} ON {ORDER} ({keys}) {rest};{COMMENT}"


def number(keys: str, rest: str = "INCLUDE (currency)") -> str:
    return f"CREATE INDEX {{index}} ON {ORDER} ({keys}) {rest}"


def collated(keys: str) -> str:
    return f"CREATE INDEX strange_word_idx ON {STRANGE} ({keys})"


COMMENT: Final = "COMMENT ON INDEX public.payments_order_status_idx IS 'for the list of orders'"

WHOLE: Final = (
    M("drop an index", "DROP INDEX public.payments_device_merchant_idx", "index",
      f"{DEVICE}.payments_device_merchant_idx", change="removed"),
    M("drop the like index", "DROP INDEX public.payments_device_serial_like", "index",
      f"{DEVICE}.payments_device_serial_like", change="removed"),
    M("drop a partial index", "DROP INDEX public.payments_order_expired_idx", "index",
      f"{ORDER}.payments_order_expired_idx", change="removed"),
    M("add an index", f"CREATE INDEX device_seen_idx ON {DEVICE} (last_seen)", "index", f"{DEVICE}.device_seen_idx",
      change="added"),
    M("add an index that another one equals", f"CREATE INDEX device_again_idx ON {DEVICE} (merchant_id)", "index",
      f"{DEVICE}.device_again_idx", change="added"),
    M("rename an index", "ALTER INDEX public.payments_device_merchant_idx RENAME TO by_merchant", "index",
      f"{DEVICE}.payments_device_merchant_idx", "name", mirrored=f"{DEVICE}.by_merchant"),
    M("index renamed", "ALTER INDEX payments.orders_status_idx RENAME TO orders_by_status", "index",
      "payments.orders.orders_status_idx", "name", mirrored="payments.orders.orders_by_status"),
    M("add an index to a partitioned table", "CREATE INDEX paid_idx ON public.payments_payment (amount)", "index",
      "public.payments_payment.paid_idx", change="added"),
    M("add an index to one partition", "CREATE INDEX paid_2024_idx ON public.payments_payment_2024 (amount)", "index",
      "public.payments_payment_2024.paid_2024_idx", change="added"),
    M("drop the index of a materialized view", "DROP INDEX public.payments_daily_day_idx", "index",
      "public.payments_daily.payments_daily_day_idx", change="removed"),
    M("index of partitions", "CREATE INDEX ledger_amount_idx ON payments.ledger (amount)", "index",
      "payments.ledger.ledger_amount_idx", change="added"),
    M("index of partitions dropped", "DROP INDEX payments.ledger_account_idx", "index",
      "payments.ledger.ledger_account_idx", change="removed"),
    M("index of partitions incomplete", "CREATE INDEX ledger_amount_idx ON ONLY payments.ledger (amount)", "index",
      "payments.ledger.ledger_amount_idx", change="added"),
    M("index of one partition", "CREATE INDEX ledger_2024_amount_idx ON payments.ledger_2024 (amount)", "index",
      "payments.ledger_2024.ledger_2024_amount_idx", change="added"),
    M("index of a materialized view dropped", "DROP INDEX payments.turnover_idx", "index",
      "payments.turnover.turnover_idx", change="removed"),
)
KEYS: Final = (
    rebuilt("a key more", ORDER, "payments_order_status_idx", status("status, created_at DESC, id"), "keys"),
    rebuilt("a key less", ORDER, "payments_order_status_idx", status("status"), "keys",
            given="DROP INDEX public.payments_order_status_idx; CREATE INDEX payments_order_status_idx "
            f"ON {ORDER} (status, created_at); {COMMENT}"),
    rebuilt("order of keys", ORDER, "payments_order_status_idx", status("created_at DESC, status"), "keys"),
    rebuilt("another expression of an index", ORDER, "payments_order_number_idx", number("upper(number), (amount + tax)"), "keys"),
    rebuilt("a column to an expression", ORDER, "payments_order_fill_idx",
            f"CREATE INDEX {{index}} ON {ORDER} ((created_at AT TIME ZONE 'UTC')) WITH (fillfactor = 80)", "keys"),
    M("index key order", "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx ON payments.orders "
      "(created DESC, status)", "index", "payments.orders.orders_status_idx", "keys"),
    M("index key added", "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx ON payments.orders "
      "(status, created DESC, total)", "index", "payments.orders.orders_status_idx", "keys"),
    M("index key another column", "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx ON "
      "payments.orders (total) WHERE status = 'new'", "index", "payments.orders.orders_open_idx", "keys"),
    M("index expression",
      "DROP INDEX payments.orders_email_idx; CREATE INDEX orders_email_idx ON payments.orders (upper(email))",
      "index", "payments.orders.orders_email_idx", "keys"),
    M("index expression to column",
      "DROP INDEX payments.orders_email_idx; CREATE INDEX orders_email_idx ON payments.orders (email)", "index",
      "payments.orders.orders_email_idx", "keys"),
    rebuilt("ascending to descending", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id DESC)", "order"),
    rebuilt("descending to ascending", ORDER, "payments_order_status_idx", status("status, created_at"), "order"),
    rebuilt("nulls first", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id NULLS FIRST)", "order"),
    rebuilt("descending with nulls last", ORDER, "payments_order_status_idx",
            status("status, created_at DESC NULLS LAST"), "order"),
    M("index ascending",
      "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx ON payments.orders (status, created)",
      "index", "payments.orders.orders_status_idx", "order"),
    M("index descending", "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx ON payments.orders "
      "(created DESC) WHERE status = 'new'", "index", "payments.orders.orders_open_idx", "order"),
    M("index nulls first", "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx ON payments.orders "
      "(created NULLS FIRST) WHERE status = 'new'", "index", "payments.orders.orders_open_idx", "order"),
    M("index nulls last", "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx ON "
      "payments.orders (status, created DESC NULLS LAST)", "index", "payments.orders.orders_status_idx", "order"),
    rebuilt("no operator class", DEVICE, "payments_device_serial_like", f"CREATE INDEX {{index}} ON {DEVICE} (serial)",
            "operator_classes"),
    rebuilt("another operator class", DEVICE, "payments_device_serial_like",
            f"CREATE INDEX {{index}} ON {DEVICE} (serial text_pattern_ops)", "operator_classes"),
    rebuilt("operator class of gin", ORDER, "payments_order_metadata_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gin (metadata jsonb_path_ops)", "operator_classes"),
    rebuilt("operator class of an expression", ORDER, "payments_order_number_idx",
            number("lower(number) text_pattern_ops, (amount + tax)"), "operator_classes"),
    M("index operator class", "DROP INDEX payments.orders_email_idx; CREATE INDEX orders_email_idx ON "
      "payments.orders (lower(email) text_pattern_ops)", "index", "payments.orders.orders_email_idx",
      "operator_classes"),
    rebuilt("parameter of an operator class", ORDER, "payments_order_trgm_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gist (number extensions.gist_trgm_ops (siglen = 64))",
            "operator_class_parameters"),
    rebuilt("no parameter of an operator class", ORDER, "payments_order_trgm_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gist (number extensions.gist_trgm_ops)", "operator_class_parameters"),
    M("index operator class parameter", "DROP INDEX payments.orders_trigram_idx; CREATE INDEX orders_trigram_idx "
      "ON payments.orders USING gist (email extensions.gist_trgm_ops (siglen = 32))", "index",
      "payments.orders.orders_trigram_idx", "operator_class_parameters"),
    rebuilt("collation of a key", STRANGE, "strange_word_idx", collated('word COLLATE "POSIX"'), "collations",
            given=collated("word")),
    rebuilt("collation of an expression", STRANGE, "strange_word_idx", collated('lower(plain) COLLATE "POSIX"'),
            "collations", given=collated('lower(plain) COLLATE "C"')),
    M("index collation", "DROP INDEX payments.orders_email_idx; CREATE INDEX orders_email_idx ON payments.orders "
      '(lower(email) COLLATE "C")', "index", "payments.orders.orders_email_idx", "collations"),
)
DETAILS: Final = (
    rebuilt("an index that is unique", DEVICE, "payments_device_merchant_idx",
            f"CREATE UNIQUE INDEX {{index}} ON {DEVICE} (merchant_id)", "unique"),
    rebuilt("an index that is unique no more", ORDER, "payments_order_tags_idx",
            f"CREATE INDEX {{index}} ON {ORDER} (number, tags)", "unique"),
    M("index unique", "DROP INDEX payments.orders_covering_idx; CREATE UNIQUE INDEX orders_covering_idx ON "
      "payments.orders (device_id) INCLUDE (total)", "index", "payments.orders.orders_covering_idx", "unique"),
    M("index of a materialized view unique",
      "DROP INDEX payments.turnover_idx; CREATE UNIQUE INDEX turnover_idx ON payments.turnover (merchant_id)",
      "index", "payments.turnover.turnover_idx", "unique"),
    rebuilt("unique index with nulls distinct", "public.since_15", "since_15_idx",
            "CREATE UNIQUE INDEX {index} ON public.since_15 (b)", "nulls_not_distinct", since=15),
    M("index nulls not distinct", "DROP INDEX payments.orders_unique_idx; CREATE UNIQUE INDEX orders_unique_idx ON "
      "payments.orders (created, device_id) NULLS NOT DISTINCT", "index", "payments.orders.orders_unique_idx",
      "nulls_not_distinct", since=15),
    rebuilt("method", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} USING hash (merchant_id)", "method"),
    M("index method",
      "DROP INDEX payments.orders_hash_idx; CREATE INDEX orders_hash_idx ON payments.orders (currency)", "index",
      "payments.orders.orders_hash_idx", "method"),
    rebuilt("another included column", ORDER, "payments_order_number_idx",
            number("lower(number), (amount + tax)", "INCLUDE (status)"), "include"),
    rebuilt("no included column", ORDER, "payments_order_number_idx", number("lower(number), (amount + tax)", ""),
            "include"),
    rebuilt("order of included columns", DEVICE, "device_idx", f"CREATE INDEX {{index}} ON {DEVICE} (id) INCLUDE (price, kind)",
            "include", given=f"CREATE INDEX device_idx ON {DEVICE} (id) INCLUDE (kind, price)"),
    M("index included column added", "DROP INDEX payments.orders_covering_idx; CREATE INDEX orders_covering_idx ON "
      "payments.orders (device_id) INCLUDE (total, email)", "index", "payments.orders.orders_covering_idx",
      "include"),
    M("index included column dropped",
      "DROP INDEX payments.orders_covering_idx; CREATE INDEX orders_covering_idx ON payments.orders (device_id)",
      "index", "payments.orders.orders_covering_idx", "include"),
    rebuilt("predicate dropped", ORDER, "payments_order_expired_idx", f"CREATE INDEX {{index}} ON {ORDER} (expires_at)",
            "predicate"),
    rebuilt("another predicate", ORDER, "payments_order_expired_idx",
            f"CREATE INDEX {{index}} ON {ORDER} (expires_at) WHERE status = 'created'", "predicate"),
    rebuilt("a predicate", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id) WHERE kind = 1", "predicate"),
    M("index predicate dropped",
      "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx ON payments.orders (created)", "index",
      "payments.orders.orders_open_idx", "predicate"),
    M("index predicate changed", "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx ON "
      "payments.orders (created) WHERE status = 'paid'", "index", "payments.orders.orders_open_idx", "predicate"),
    M("index predicate added", "DROP INDEX payments.orders_email_idx; CREATE INDEX orders_email_idx ON "
      "payments.orders (lower(email)) WHERE email IS NOT NULL", "index", "payments.orders.orders_email_idx",
      "predicate"),
    M("fillfactor", "ALTER INDEX public.payments_order_fill_idx SET (fillfactor = 70)", "index",
      f"{ORDER}.payments_order_fill_idx", "storage_parameters"),
    M("parameter of gin", "ALTER INDEX public.payments_order_metadata_idx SET (fastupdate = off)", "index",
      f"{ORDER}.payments_order_metadata_idx", "storage_parameters"),
    M("index fillfactor", "ALTER INDEX payments.orders_status_idx SET (fillfactor = 70)", "index",
      "payments.orders.orders_status_idx", "storage_parameters"),
    M("index deduplication", "ALTER INDEX payments.orders_status_idx SET (deduplicate_items = off)", "index",
      "payments.orders.orders_status_idx", "storage_parameters"),
    M("index of one partition stored otherwise", "ALTER INDEX payments.ledger_2024_account_idx SET (fillfactor = 60)",
      "index", "payments.ledger_2024.ledger_2024_account_idx", "storage_parameters"),
    M("tablespace of an index", "ALTER INDEX public.payments_device_merchant_idx SET TABLESPACE mutation_space", "index",
      f"{DEVICE}.payments_device_merchant_idx", "tablespace"),
    M("an invalid index", "UPDATE pg_index SET indisvalid = false "
      "WHERE indexrelid = 'public.payments_device_merchant_idx'::regclass", "index",
      f"{DEVICE}.payments_device_merchant_idx", "valid"),
    M("an index that is not ready", "UPDATE pg_index SET indisready = false "
      "WHERE indexrelid = 'public.payments_device_merchant_idx'::regclass", "index",
      f"{DEVICE}.payments_device_merchant_idx", "ready"),
    M("statistics target of an expression", "ALTER INDEX public.payments_order_number_idx ALTER COLUMN 1 SET STATISTICS 300",
      "index", f"{ORDER}.payments_order_number_idx", "statistics_targets"),
    M("index statistics target", "ALTER INDEX payments.orders_email_idx ALTER COLUMN 1 SET STATISTICS 300", "index",
      "payments.orders.orders_email_idx", "statistics_targets"),
    M("a partition's index attached", "ALTER INDEX public.loose_idx ATTACH PARTITION public.loose_2024_idx", "index",
      "public.payments_payment_2024.loose_2024_idx", "partition_of",
      given="CREATE INDEX loose_idx ON ONLY public.payments_payment (provider);"
      "CREATE INDEX loose_2024_idx ON public.payments_payment_2024 (provider)"),
    M("clustered", f"ALTER TABLE {DEVICE} CLUSTER ON payments_device_merchant_idx", "table", DEVICE, "clustered_index"),
    M("replica identity by an index", "ALTER TABLE public.payments_link REPLICA IDENTITY USING INDEX payments_link_pkey",
      "table", "public.payments_link", "replica_identity"),
    M("another index as replica identity",
      "ALTER TABLE public.payments_link REPLICA IDENTITY USING INDEX other_idx", "table", "public.payments_link",
      "replica_identity", given="CREATE UNIQUE INDEX other_idx ON public.payments_link (right_id, left_id);"
      "ALTER TABLE public.payments_link REPLICA IDENTITY USING INDEX payments_link_pkey"),
)
CASES: Final = (*WHOLE, *KEYS, *DETAILS)
