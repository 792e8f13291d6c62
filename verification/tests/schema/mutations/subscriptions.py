"""Subscriptions."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

SUBSCRIBE: Final = (
    "CREATE SUBSCRIPTION mutation_feed CONNECTION 'host=nowhere.invalid password=hidden' PUBLICATION theirs "
    "WITH (connect = false, slot_name = NONE, enabled = false)"
)


def subscription(name: str, action: str, attribute: str, *, since: int = 14) -> M:
    return M(name, f"ALTER SUBSCRIPTION mutation_feed {action}", "subscription", "mutation_feed", attribute,
             since=since, given=SUBSCRIBE)


CASES: Final = (
    M("add a subscription", SUBSCRIBE, "subscription", "mutation_feed", change="added"),
    M("subscription dropped", "DROP SUBSCRIPTION inbox", "subscription", "inbox", change="removed"),
    subscription("publications of a subscription", "SET PUBLICATION other WITH (refresh = false)", "publications"),
    M("subscription publications", "ALTER SUBSCRIPTION inbox SET PUBLICATION ours WITH (refresh = false)",
      "subscription", "inbox", "publications"),
    subscription("slot", "SET (slot_name = 'other')", "slot"),
    M("subscription slot", "ALTER SUBSCRIPTION inbox SET (slot_name = 'other')", "subscription", "inbox", "slot"),
    subscription("synchronous commit", "SET (synchronous_commit = 'local')", "synchronous_commit"),
    M("subscription synchronous commit", "ALTER SUBSCRIPTION inbox SET (synchronous_commit = 'local')",
      "subscription", "inbox", "synchronous_commit"),
    subscription("binary", "SET (binary = true)", "binary"),
    M("subscription binary", "ALTER SUBSCRIPTION inbox SET (binary = true)", "subscription", "inbox", "binary"),
    M("streaming", "ALTER SUBSCRIPTION mutation_feed SET (streaming = on)", "subscription", "mutation_feed", "streaming",
      given=SUBSCRIBE.replace("WITH (", "WITH (streaming = off, ")),
    M("subscription streaming", "ALTER SUBSCRIPTION inbox SET (streaming = on)", "subscription", "inbox", "streaming",
      since=14),
    subscription("disabled on an error", "SET (disable_on_error = true)", "disable_on_error", since=15),
    M("subscription disable on error", "ALTER SUBSCRIPTION inbox SET (disable_on_error = true)", "subscription",
      "inbox", "disable_on_error", since=15),
    subscription("origin", "SET (origin = none)", "origin", since=16),
    M("subscription origin", "ALTER SUBSCRIPTION inbox SET (origin = none)", "subscription", "inbox", "origin",
      since=16),
    subscription("password required", "SET (password_required = false)", "password_required", since=16),
    subscription("run as owner", "SET (run_as_owner = true)", "run_as_owner", since=16),
    M("failover", "UPDATE pg_subscription SET subfailover = true WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "failover", since=17, given=SUBSCRIBE),
    M("two phases", "UPDATE pg_subscription SET subtwophasestate = 'p' WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "two_phase", since=15, given=SUBSCRIBE),
    M("subscription enabled", "UPDATE pg_subscription SET subenabled = true WHERE subname = 'mutation_feed'", "subscription",
      "mutation_feed", "enabled", given=SUBSCRIBE,
      pg_dump_blind="it writes every subscription with connect = false, hence disabled"),
    M("owner of a subscription", "ALTER SUBSCRIPTION mutation_feed OWNER TO mutation_owner", "subscription", "mutation_feed",
      "owner", given=f"ALTER ROLE mutation_owner SUPERUSER; {SUBSCRIBE}"),
)
