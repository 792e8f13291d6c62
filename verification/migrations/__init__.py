"""The chains of an app: how they are listed and applied."""
