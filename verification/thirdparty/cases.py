"""The projects, what is installed for them and what is known of their squashes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PHONE: Final = "public.two_factor_phonedevice"
RENDITION: Final = "public.wagtailimages_rendition"
PERMISSIONS: Final = ("public.cms_globalpagepermission", "public.cms_pagepermission")


@dataclass(frozen=True)
class Outcome:
    """What ``squash`` must say; docs/findings.md gives the lines that cause it."""

    squashes: Mapping[str, int]
    """Label of the app -> number of its squashes."""
    differences: frozenset[tuple[str, str, str, str]] = frozenset()
    """kind, object, change, attribute."""
    reordered: frozenset[str] = frozenset()
    """Tables whose columns stand in another order: information, never a failure."""


@dataclass(frozen=True)
class Case:
    """One project with one set of packages."""

    name: str
    settings: str
    requirements: tuple[str, ...]
    outcome: Outcome
    folder: str = ""
    """Of ``projects/``, with the settings module; empty: the project brings its own."""
    variables: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


WAGTAIL: Final = Outcome(
    squashes={"phonenumber": 1, "two_factor": 1, "wagtailcore": 1, "wagtailimages": 1},
    reordered=frozenset({PHONE, RENDITION}),
)
TWO_FACTOR: Final = ("wagtail==7.0.10", "django-two-factor-auth[phonenumberslite]==1.18.1")
CMS: Final = ("django-cms==5.1.3", "django-filer==3.6.0", "packaging", "Django~=5.2.0")

CASES: Final = (
    Case("wagtail", "settings", (*TWO_FACTOR, "Django~=5.2.0", "psycopg2-binary"), WAGTAIL, "wagtail"),
    Case(
        "wagtail-psycopg3",
        "settings",
        (*TWO_FACTOR, "Django~=5.2.0", "psycopg[binary]"),
        WAGTAIL,
        "wagtail",
    ),
    Case(
        "wagtail-django42",
        "settings",
        (*TWO_FACTOR, "Django~=4.2.0", "psycopg[binary]"),
        WAGTAIL,
        "wagtail",
    ),
    Case(
        "django-cms",
        "settings",
        (*CMS, "psycopg[binary]"),
        Outcome(squashes={"cms": 2, "filer": 1}, reordered=frozenset(PERMISSIONS)),
        "cms",
    ),
)
