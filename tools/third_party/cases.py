"""The projects, what is installed for them and what is known of their squashes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PHONE: Final = "public.two_factor_phonedevice"
RENDITION: Final = "public.wagtailimages_rendition"
SETTINGS_STORE: Final = "public.pretixbase_globalsettingsobject_settingsstore"
PERMISSIONS: Final = ("public.cms_globalpagepermission", "public.cms_pagepermission")


@dataclass(frozen=True)
class Outcome:
    """What ``squash`` must say; findings.md gives the lines that cause it."""

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

EPHIOS_RENAMED: Final = {
    "constraint": (
        "public.qualification_includes.core_qualification_inclu_from_qualification_id_to_520069bf_uniq",
        "public.userprofile_groups.core_userprofile_groups_group_id_384230fa_fk_auth_group_id",
        "public.userprofile_groups.core_userprofile_groups_userprofile_id_group_id_850ef664_uniq",
        "public.userprofile_user_permissions.core_userprofile_use_permission_id_c90fc1a9_fk_auth_perm",
        "public.userprofile_user_permissions.core_userprofile_user_pe_userprofile_id_permissio_99e366ea_uniq",
    ),
    "index": (
        "public.consequence.core_consequence_user_id_93ed2ff1",
        "public.qualification.core_qualification_category_id_05858e59",
        "public.qualification_includes.core_qualification_include_from_qualification_id_2b27cccd",
        "public.qualification_includes.core_qualification_include_to_qualification_id_c946072a",
        "public.qualificationgrant.core_qualificationgrant_qualification_id_37b01528",
        "public.qualificationgrant.core_qualificationgrant_user_id_e35da33b",
        "public.userprofile.core_userprofile_email_ba06e794_like",
        "public.userprofile_groups.core_userprofile_groups_group_id_384230fa",
        "public.userprofile_groups.core_userprofile_groups_userprofile_id_b21bcdce",
        "public.userprofile_user_permissions.core_userprofile_user_permissions_permission_id_c90fc1a9",
        "public.userprofile_user_permissions.core_userprofile_user_permissions_userprofile_id_e6c8d79a",
        "public.workinghours.core_workinghours_user_id_d249c40a",
    ),
}
"""Made on tables that the squash renames afterwards: their names are made from the later name."""
EPHIOS_VARIABLES: Final = {
    "DEBUG": "False",
    "DATA_DIR": "data",
    "ALLOWED_HOSTS": "localhost",
    "DATABASE_URL": "mysql://somebody@nowhere.invalid/ephios",
    "SITE_URL": "http://localhost",
    "EMAIL_URL": "dummymail://",
    "DEFAULT_FROM_EMAIL": "from@example.org",
    "SERVER_EMAIL": "from@example.org",
    "ADMINS": "to@example.org",
}

CASES: Final = (
    # The longest first: the others fit beside it.
    Case(
        "pretix",
        "pretix.settings",
        ("pretix==2026.8.0", "psycopg2-binary"),
        Outcome(
            squashes={"pretixbase": 12, "pretixdroid": 1, "sendmail": 1},
            differences=frozenset(
                (
                    "index",
                    f"{SETTINGS_STORE}.pretixbase_globalsettingsobject_settingsstore_key_{end}",
                    "added",
                    "",
                )
                for end in ("c85c6d29", "c85c6d29_like")
            ),
        ),
    ),
    Case(
        "ephios",
        "ephios.settings",
        ("ephios==0.27.1", "psycopg2-binary"),
        Outcome(
            squashes={"core": 1},
            differences=frozenset(
                (kind, name, "changed", "name") for kind, names in EPHIOS_RENAMED.items() for name in names
            ),
        ),
        variables=EPHIOS_VARIABLES,
    ),
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
