"""Why each finding about a real release is right, as found by hand."""

from typing import Final

REMARKS: Final[dict[tuple[str, str], str]] = {}
"""Migration and code -> one sentence."""
