"""Reads of the whole project while it runs, and variables of the image."""

from pathlib import Path

import pytest

from verification.environment.documentation import examine
from verification.environment.image import image_variables
from verification.environment.running_reads import examine_running
from verification.project.configuration import Configuration

SETTINGS = """\
import os
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.getenv("DEBUG", "False") == "True"
ROOT_URLCONF = "shop_urls"
ALLOWED_HOSTS = ["*"]
if DEBUG:
    X = getattr(os, "get" + "env")("ONLY_WITH_DEBUG")
"""
URLS = """\
import os
from django.http import HttpResponse
from django.urls import path

def health(request):
    getattr(os, "get" + "env")("AT_THE_FIRST_REQUEST")
    return HttpResponse("healthy")

def other(request):
    return HttpResponse(os.getenv("IN_ANOTHER_VIEW", ""))

FOLDER = "SHOP_FOLDER"
os.environ[FOLDER] = "/srv"

def own(request):
    return HttpResponse(os.environ[FOLDER])

def documented(request):
    return HttpResponse(os.environ["DOCUMENTED"])

urlpatterns = [path("health", health), path("other", other)]
"""
README = """\
| Variable Name | Description | Default Value |
|---|---|---|
| `SECRET_KEY` | **Secret**: key | — |
| `DEBUG` | debug | `False` |
| `DOCUMENTED` | read in a view | — |
"""


def test_reads_outside_of_the_settings(tmp_path: Path) -> None:
    """A view that reads is found, whether it is asked or not; so is what only a turned boolean reads."""
    (tmp_path / "shop_settings.py").write_text(SETTINGS)
    (tmp_path / "shop_urls.py").write_text(URLS)
    (tmp_path / "README.md").write_text(README)
    configuration = Configuration(
        root=tmp_path, settings="shop_settings", paths=(".",), generated_secrets=("SECRET_KEY",)
    )
    environment = examine(tmp_path / "shop_settings.py", tmp_path / "README.md", root=tmp_path)

    running = examine_running(configuration, environment)

    assert [(finding.where, finding.variable) for finding in running.findings] == [
        ("shop_settings.py:7", "ONLY_WITH_DEBUG"),
        ("shop_urls.py:10", "IN_ANOTHER_VIEW"),
        ("shop_urls.py:6", "AT_THE_FIRST_REQUEST"),
    ]
    assert {"shop_settings.py", "shop_urls.py"} == set(running.files)


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM python\nENV A=1", "2 A=1"),
        ("FROM python\nENV A=1 B='two words' \\\n    C=\"3\"", "2 A=1, 2 B=two words, 2 C=3"),
        ("FROM python\nENV A any value", "2 A=any value"),
        ("FROM python\nENV PATH=/opt/bin:$PATH", "2 PATH=None"),
        ("FROM python AS build\nENV A=1\nFROM python\nENV B=2", "4 B=2"),
        ("FROM python AS base\nENV A=1\nFROM --platform=linux/amd64 base\nenv B=2", "2 A=1, 4 B=2"),
        ("FROM python\nENV PIP_NO_CACHE_DIR=1 LD_PRELOAD=x.so A=1", "2 A=1"),
        ("FROM python\n# ENV A=1\nRUN ENV=1 make", ""),
    ],
)
def test_variables_of_an_image(tmp_path: Path, dockerfile: str, expected: str) -> None:
    """Only what the last stage and those below it set is in the image."""
    (tmp_path / "Dockerfile").write_text(dockerfile)

    found = image_variables(tmp_path / "Dockerfile")

    assert ", ".join(f"{where.partition(':')[2]} {name}={value}" for name, value, where in found) == expected
