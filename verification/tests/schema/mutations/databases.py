"""What the database itself has: settings, a comment, privileges."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import ONLY_WITH_CREATE
from verification.tests.schema.mutations.cases import Mutation as M


def of_database(statement: str) -> str:
    """Return a statement that names its own database at %I."""
    quoted = statement.replace("'", "''")
    return f"DO $$ BEGIN EXECUTE format('{quoted}', current_database()); END $$"


CASES: Final = (
    M("setting of the database", of_database("ALTER DATABASE %I SET work_mem = '8MB'"), "database",
      "settings for everyone", change="added", given=of_database("ALTER DATABASE %I RESET work_mem"),
      pg_dump_blind=ONLY_WITH_CREATE),
    M("another setting of the database", of_database("ALTER DATABASE %I SET work_mem = '9MB'"), "database",
      "settings for everyone", "settings", pg_dump_blind=ONLY_WITH_CREATE),
    M("database setting added",
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''9s''', current_database()); END $$",
      "database", "settings for everyone", "settings", pg_dump_blind=ONLY_WITH_CREATE),
    M("setting of a role in the database", of_database("ALTER ROLE mutation_reader IN DATABASE %I SET search_path = audit"),
      "database", "settings for mutation_reader", change="added", pg_dump_blind=ONLY_WITH_CREATE),
    M("database setting dropped",
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET work_mem', current_database()); END $$", "database",
      "settings for everyone", change="removed", pg_dump_blind=ONLY_WITH_CREATE),
    M("comment on the database", of_database("COMMENT ON DATABASE %I IS 'said'"), "comment", "database", "comment",
      change="added", given=of_database("COMMENT ON DATABASE %I IS NULL"), pg_dump_blind=ONLY_WITH_CREATE),
    M("another comment on the database", of_database("COMMENT ON DATABASE %I IS 'said again'"), "comment", "database",
      "comment", given=of_database("COMMENT ON DATABASE %I IS 'said'"), pg_dump_blind=ONLY_WITH_CREATE),
    M("grant on the database", of_database("GRANT CREATE ON DATABASE %I TO mutation_reader"), "grant",
      "database to mutation_reader", "privileges", change="added", pg_dump_blind=ONLY_WITH_CREATE),
)
