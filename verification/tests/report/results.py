"""Results for the tests of what is printed from them."""

import random

from verification.report.evidence import Cell, Grid, MigrationStep, MigrationTimeline, Table, Timeline
from verification.report.finding import Finding, Level, Place
from verification.report.result import Check, Verdict
from verification.report.run import Result

PROVENANCE = {
    "commit": "0" * 40,
    "tree": "clean",
    "started": "2026-01-01T00:00:00+00:00",
    "processor": "one",
    "postgresql": "17.10 embedded at 127.0.0.1:4711",
}


def finished(*checks: Check, complete: bool = True, reason: str = "") -> Result:
    """Return the result of a run of these checks."""
    for check in checks:
        check.settle()
    return Result(provenance=PROVENANCE, checks=list(checks), complete=complete, reason=reason)


def failing(name: str, *findings: Finding, title: str = "It holds.") -> Check:
    """Return a check that has failed with these findings."""
    check = Check(name=name, title=title)
    try:
        check.expect_none(findings)
    except AssertionError as error:
        check.conclude(Verdict.FAILED, str(error).splitlines()[0])
    return check


def index_missing(rule: str, *places: Place) -> Finding:
    """Return the finding of one check about an index that the squash lacks."""
    return Finding(
        rule=rule,
        message="index public.orders.orders_status_idx: missing in the squash <b>",
        subject="schema:index:public.orders.orders_status_idx",
        names=("orders_status_idx",),
        places=places,
        remedy='add to the squash: migrations.AddIndex(model_name="order", index=models.Index(fields=["status"]))',
        evidence=("made by orders.0026_status, found by bisecting the original migrations",),
    )


def faulty() -> Result:
    """Return a run with failed, inconclusive, broken, passed and inapplicable checks, and every kind of evidence."""
    squash = failing(
        "schema.squash",
        index_missing(
            "schema.squash",
            Place("orders/migrations/0001_squashed.py", 112, "squash"),
            Place("orders/migrations/0026_status.py", 33, "original migrations"),
        ),
    )
    squash.sides = ("original migrations", "squash")
    squash.differences = [
        {"kind": "index", "object": "public.orders.orders_status_idx", "change": "removed", "attribute": "",
         "left": "CREATE INDEX", "right": None}
    ]  # fmt: skip
    upgraded = failing("schema.partial_states", index_missing("schema.partial_states"))
    upgraded.grids = [
        Grid("upgrade paths", "applied so far", [f"{n:04}" for n in range(30)],
             [("upgraded", [Cell("same", True)] * 29 + [Cell("differs", False, "an index")]),
              ("undone", [Cell("–", None)] * 30)])
    ]  # fmt: skip
    slow = Check(name="health.any_request", title="It answers in time.")
    slow.samples = {"a long name of a series of requests": [0.5, 0.7, 1.2, 99.0]}
    slow.measure("max", 99.0, "ms", 100)
    slow.conclude(Verdict.INCONCLUSIVE, "the machine is too busy, measure again")
    broken = Check(name="transport.cases", title="libpq does what is documented.")
    broken.conclude(Verdict.ERROR, "no openssl in the path; install it")
    costs = Check(name="schema.costs", title="The originals run through.")
    costs.measure("rows in place", 27_870, "rows", 100_000)
    costs.migrations = [
        MigrationTimeline("migrations on these rows", [
            MigrationStep("orders.0001_initial", 0.2, ["public.orders: AccessExclusiveLock"]),
            MigrationStep("orders.0002_a_name_that_is_much_longer_than_the_picture_has_room_for", 1.2,
                          ["public.orders: AccessExclusiveLock"], ["public.orders: ACCESS EXCLUSIVE, rewritten"]),
        ])
    ]  # fmt: skip
    costs.record(
        Finding(
            rule="stops-traffic", message="orders.0002: public.orders: ACCESS EXCLUSIVE", level=Level.NOTE
        )
    )
    load = Check(name="health.saturated", title="It answers while every thread waits.")
    load.measure("probes without an answer", 0, "probes", 0)
    load.timelines = [Timeline(load="request", points=[(0.1, 2.0, True), (0.2, 900.0, False)],
                               steps=[(0.0, 3), (1.0, 0)], limit=100.0)]  # fmt: skip
    load.tables = [Table("Order of events", ("event", "second"), [("SIGTERM", 0.0), ("exit", 1.5)])]
    absent = Check(name="transport.processes", title="Each process connects over TLS.")
    absent.not_applicable("the project names no celery_app")
    return finished(squash, upgraded, slow, broken, costs, load, absent)


def large(differences: int = 10_000, samples: int = 1_000_000) -> Result:
    """Return a run with so many differences and samples."""
    names = [f"public.table_{n // 20}.table_{n // 20}_column_{n % 20}_idx" for n in range(differences)]
    check = failing(
        "schema.squash",
        *(Finding(rule="schema.squash", message=f"index {name}: missing in the squash",
                  subject=f"schema:index:{name}") for name in names),
    )  # fmt: skip
    check.differences = [
        {"kind": "index", "object": name, "change": "removed", "attribute": "", "left": f"btree (column_{n % 20})",
         "right": None}
        for n, name in enumerate(names)
    ]  # fmt: skip
    latency = Check(name="health.endpoint_latency", title="It answers in time.")
    chance = random.Random(1)  # noqa: S311 - a picture, no secret
    latency.samples = {"socket": [chance.lognormvariate(0, 0.6) for _ in range(samples)]}
    latency.measure("socket, max", max(latency.samples["socket"]), "ms", 100)
    return finished(check, latency)
