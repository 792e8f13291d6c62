"""Foreign-data wrappers, servers, user mappings and foreign tables."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

CASES: Final = (
    M("add a wrapper", "CREATE FOREIGN DATA WRAPPER other", "foreign_data_wrapper", "other", change="added"),
    M("handler", "ALTER FOREIGN DATA WRAPPER ledger HANDLER extensions.postgres_fdw_handler", "foreign_data_wrapper",
      "ledger", "handler"),
    M("validator", "ALTER FOREIGN DATA WRAPPER ledger VALIDATOR pg_catalog.postgresql_fdw_validator",
      "foreign_data_wrapper", "ledger", "validator", given="ALTER FOREIGN DATA WRAPPER ledger OPTIONS (DROP debug)"),
    M("foreign data wrapper validator", "ALTER FOREIGN DATA WRAPPER archive VALIDATOR postgresql_fdw_validator",
      "foreign_data_wrapper", "archive", "validator"),
    M("options of a wrapper", "ALTER FOREIGN DATA WRAPPER ledger OPTIONS (SET debug 'false')", "foreign_data_wrapper",
      "ledger", "options"),
    M("foreign data wrapper option", "ALTER FOREIGN DATA WRAPPER archive OPTIONS (SET format 'two')",
      "foreign_data_wrapper", "archive", "options"),
    M("owner of a wrapper", "ALTER FOREIGN DATA WRAPPER ledger OWNER TO mutation_owner", "foreign_data_wrapper", "ledger",
      "owner", given="ALTER ROLE mutation_owner SUPERUSER"),
    M("add a server", "CREATE SERVER other FOREIGN DATA WRAPPER ledger", "server", "other", change="added"),
    M("version of a server", "ALTER SERVER bank VERSION '2'", "server", "bank", "version"),
    M("type of a server", "DROP SERVER other; CREATE SERVER other TYPE 'b' FOREIGN DATA WRAPPER ledger", "server", "other",
      "type", given="CREATE SERVER other TYPE 'a' FOREIGN DATA WRAPPER ledger"),
    M("wrapper of a server", "DROP SERVER other; CREATE SERVER other FOREIGN DATA WRAPPER second", "server", "other",
      "wrapper", given="CREATE FOREIGN DATA WRAPPER second; CREATE SERVER other FOREIGN DATA WRAPPER ledger"),
    M("options of a server", "ALTER SERVER bank OPTIONS (SET port '5433')", "server", "bank", "options"),
    M("foreign server option", "ALTER SERVER archive_server OPTIONS (SET host 'b')", "server", "archive_server",
      "options"),
    M("owner of a server", "ALTER SERVER bank OWNER TO mutation_owner", "server", "bank", "owner"),
    M("add a user mapping", "CREATE USER MAPPING FOR mutation_owner SERVER bank", "user_mapping", "mutation_owner on bank",
      change="added"),
    M("user mapping added", "CREATE USER MAPPING FOR PUBLIC SERVER archive_server", "user_mapping",
      "public on archive_server", change="added"),
    M("user mapping dropped", "DROP USER MAPPING FOR pg_monitor SERVER archive_server", "user_mapping",
      "pg_monitor on archive_server", change="removed"),
    M("option of a user mapping", "ALTER USER MAPPING FOR mutation_reader SERVER bank OPTIONS (SET username 'other')",
      "user_mapping", "mutation_reader on bank", "options"),
    M("a secret less in a user mapping", "ALTER USER MAPPING FOR mutation_reader SERVER bank OPTIONS (DROP password)",
      "user_mapping", "mutation_reader on bank", "options"),
    M("user mapping option",
      "ALTER USER MAPPING FOR pg_monitor SERVER archive_server OPTIONS (SET username 'writer')", "user_mapping",
      "pg_monitor on archive_server", "options"),
    M("add a foreign table", "CREATE FOREIGN TABLE public.other_entry (id integer) SERVER bank", "foreign_table",
      "public.other_entry", change="added"),
    M("foreign table dropped", "DROP FOREIGN TABLE payments.old_orders", "foreign_table", "payments.old_orders",
      change="removed"),
    M("options of a foreign table", "ALTER FOREIGN TABLE public.bank_entry OPTIONS (SET table_name 'lines')",
      "foreign_table", "public.bank_entry", "options"),
    M("foreign table option", "ALTER FOREIGN TABLE payments.old_orders OPTIONS (SET file 'older')", "foreign_table",
      "payments.old_orders", "options"),
    M("server of a foreign table", "DROP FOREIGN TABLE public.other_entry; CREATE FOREIGN TABLE public.other_entry "
      "(id integer) SERVER other", "foreign_table", "public.other_entry", "server", given="CREATE SERVER other FOREIGN DATA "
      "WRAPPER ledger; CREATE FOREIGN TABLE public.other_entry (id integer) SERVER bank"),
    M("owner of a foreign table", "ALTER FOREIGN TABLE public.bank_entry OWNER TO mutation_owner", "foreign_table",
      "public.bank_entry", "owner"),
)
