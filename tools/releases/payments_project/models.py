"""The models of one release: what its migrations make of them, since today's models have later columns."""

from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from django.apps import apps
from django.db.migrations.state import ProjectState

state = ProjectState()
# Django asks whether all models are there before it compares the names of two.
with patch.object(apps, "models_ready", True):
    for path in sorted(Path(__file__).with_name("migrations").glob("0*.py")):
        migration = import_module(f"payments.migrations.{path.stem}").Migration(path.stem, "payments")
        state = migration.mutate_state(state, preserve=False)
    for model in state.models.values():
        model.render(apps)
