"""Which database an app belongs to."""


class Router:
    """Facts go to the warehouse and nothing else does."""

    def db_for_read(self, model, **_hints):
        return "warehouse" if model._meta.app_label == "facts" else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **_hints):
        return (db == "warehouse") == (app_label == "facts")
