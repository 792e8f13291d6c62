"""One change of one index."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

ORDER, DEVICE, STRANGE = "public.payments_order", "public.payments_device", "public.strange"


def rebuilt(
    name: str, table: str, index: str, definition: str, attribute: str, *, since: int = 14, given: str = ""
) -> M:
    """Give an index that was dropped and made again: ``definition`` has {index} for the name."""
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
    M("add an index to a partitioned table", "CREATE INDEX paid_idx ON public.payments_payment (amount)", "index",
      "public.payments_payment.paid_idx", change="added"),
    M("add an index to one partition", "CREATE INDEX paid_2024_idx ON public.payments_payment_2024 (amount)", "index",
      "public.payments_payment_2024.paid_2024_idx", change="added"),
    M("drop the index of a materialized view", "DROP INDEX public.payments_daily_day_idx", "index",
      "public.payments_daily.payments_daily_day_idx", change="removed"),
)
KEYS: Final = (
    rebuilt("a key more", ORDER, "payments_order_status_idx", status("status, created_at DESC, id"), "keys"),
    rebuilt("a key less", ORDER, "payments_order_status_idx", status("status"), "keys",
            given="DROP INDEX public.payments_order_status_idx; CREATE INDEX payments_order_status_idx "
            f"ON {ORDER} (status, created_at); {COMMENT}"),
    rebuilt("order of keys", ORDER, "payments_order_status_idx", status("created_at DESC, status"), "keys"),
    rebuilt("another expression", ORDER, "payments_order_number_idx", number("upper(number), (amount + tax)"), "keys"),
    rebuilt("a column to an expression", ORDER, "payments_order_fill_idx",
            f"CREATE INDEX {{index}} ON {ORDER} ((created_at AT TIME ZONE 'UTC')) WITH (fillfactor = 80)", "keys"),
    rebuilt("ascending to descending", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id DESC)", "order"),
    rebuilt("descending to ascending", ORDER, "payments_order_status_idx", status("status, created_at"), "order"),
    rebuilt("nulls first", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id NULLS FIRST)", "order"),
    rebuilt("descending with nulls last", ORDER, "payments_order_status_idx",
            status("status, created_at DESC NULLS LAST"), "order"),
    rebuilt("no operator class", DEVICE, "payments_device_serial_like", f"CREATE INDEX {{index}} ON {DEVICE} (serial)",
            "operator_classes"),
    rebuilt("another operator class", DEVICE, "payments_device_serial_like",
            f"CREATE INDEX {{index}} ON {DEVICE} (serial text_pattern_ops)", "operator_classes"),
    rebuilt("operator class of gin", ORDER, "payments_order_metadata_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gin (metadata jsonb_path_ops)", "operator_classes"),
    rebuilt("operator class of an expression", ORDER, "payments_order_number_idx",
            number("lower(number) text_pattern_ops, (amount + tax)"), "operator_classes"),
    rebuilt("parameter of an operator class", ORDER, "payments_order_trgm_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gist (number extensions.gist_trgm_ops (siglen = 64))",
            "operator_class_parameters"),
    rebuilt("no parameter of an operator class", ORDER, "payments_order_trgm_idx",
            f"CREATE INDEX {{index}} ON {ORDER} USING gist (number extensions.gist_trgm_ops)", "operator_class_parameters"),
    rebuilt("collation of a key", STRANGE, "strange_word_idx", collated('word COLLATE "POSIX"'), "collations",
            given=collated("word")),
    rebuilt("collation of an expression", STRANGE, "strange_word_idx", collated('lower(plain) COLLATE "POSIX"'),
            "collations", given=collated('lower(plain) COLLATE "C"')),
)
DETAILS: Final = (
    rebuilt("an index that is unique", DEVICE, "payments_device_merchant_idx",
            f"CREATE UNIQUE INDEX {{index}} ON {DEVICE} (merchant_id)", "unique"),
    rebuilt("an index that is unique no more", ORDER, "payments_order_tags_idx",
            f"CREATE INDEX {{index}} ON {ORDER} (number, tags)", "unique"),
    rebuilt("unique index with nulls distinct", "public.since_15", "since_15_idx",
            "CREATE UNIQUE INDEX {index} ON public.since_15 (b)", "nulls_not_distinct", since=15),
    rebuilt("method", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} USING hash (merchant_id)", "method"),
    rebuilt("another included column", ORDER, "payments_order_number_idx",
            number("lower(number), (amount + tax)", "INCLUDE (status)"), "include"),
    rebuilt("no included column", ORDER, "payments_order_number_idx", number("lower(number), (amount + tax)", ""),
            "include"),
    rebuilt("order of included columns", DEVICE, "device_idx", f"CREATE INDEX {{index}} ON {DEVICE} (id) INCLUDE (price, kind)",
            "include", given=f"CREATE INDEX device_idx ON {DEVICE} (id) INCLUDE (kind, price)"),
    rebuilt("predicate dropped", ORDER, "payments_order_expired_idx", f"CREATE INDEX {{index}} ON {ORDER} (expires_at)",
            "predicate"),
    rebuilt("another predicate", ORDER, "payments_order_expired_idx",
            f"CREATE INDEX {{index}} ON {ORDER} (expires_at) WHERE status = 'created'", "predicate"),
    rebuilt("a predicate", DEVICE, "payments_device_merchant_idx",
            f"CREATE INDEX {{index}} ON {DEVICE} (merchant_id) WHERE kind = 1", "predicate"),
    M("fillfactor", "ALTER INDEX public.payments_order_fill_idx SET (fillfactor = 70)", "index",
      f"{ORDER}.payments_order_fill_idx", "storage_parameters"),
    M("parameter of gin", "ALTER INDEX public.payments_order_metadata_idx SET (fastupdate = off)", "index",
      f"{ORDER}.payments_order_metadata_idx", "storage_parameters"),
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
MUTATIONS: Final = (*WHOLE, *KEYS, *DETAILS)
