"""Deployment files against what is read and documented, in both directions."""

from pathlib import Path

import pytest

from verification.environment import deployment, deployment_comparison
from verification.environment.model import Read, Row
from verification.errors import CannotRun

READS = [Read(name, "settings.py", 1) for name in ("SECRET_KEY", "DEBUG", "DB_NAME")]
ROWS = [
    Row("SECRET_KEY", "signing key", None, True, "", "README.md", 1),
    Row("DEBUG", "debug", "False", False, "", "README.md", 2),
    Row("DB_NAME", "database", None, False, "", "README.md", 3),
]
DOTENV = "# For local runs\nSECRET_KEY=\nDEBUG=True\n# DB_NAME=shop\n"
COMPOSE = """\
x-common: &common {SECRET_KEY: "${SECRET_KEY:?set it}", DB_NAME: shop}
services:
  database:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: "${DB_PASSWORD:?}"}
  web:
    build: .
    image: shop
    environment: {<<: *common, DEBUG: "False"}
  worker:
    image: shop
    environment: ["SECRET_KEY", "DB_NAME=shop"]
"""
KUBERNETES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {DB_NAME: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: shop}
stringData: {SECRET_KEY: ""}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          image: shop
          envFrom: [{configMapRef: {name: shop}}, {secretRef: {name: shop}}]
          env: [{name: DEBUG, value: "False"}, {name: PYTHONUNBUFFERED, value: "1"}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose deployment files agree with the rest."""
    (tmp_path / ".env.example").write_text(DOTENV)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    manifests = tmp_path / "deploy" / "kubernetes"
    manifests.mkdir(parents=True)
    (manifests / "web.yaml").write_text(KUBERNETES)
    return tmp_path


def findings(project: Path) -> list[str]:
    """Return the findings as lines."""
    return [
        finding.line
        for finding in deployment_comparison.compare_deployments(deployment.find(project), READS, ROWS)
    ]


def test_agreement_has_no_findings(project: Path) -> None:
    """Anchors, references, comments and empty secrets are what they are."""
    assert findings(project) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (".env.example", "# DB_NAME=shop\n", "", ".env.example: DB_NAME: missing from a deployment file"),
        (
            ".env.example",
            "DEBUG=True",
            "DEBUGGING=True",
            ".env.example:3: DEBUGGING: documented but not read",
        ),
        (".env.example", "DEBUG=True", "DEBUG=", ".env.example:3: DEBUG: empty is not unset"),
        (
            ".env.example",
            "SECRET_KEY=",
            "SECRET_KEY=s3cr3t",
            ".env.example:2: SECRET_KEY: secret with a default",
        ),
        (
            "compose.yaml",
            ":?set it}",
            ":-s3cr3t}",
            "compose.yaml: service web: SECRET_KEY: secret with a default",
        ),
        ("compose.yaml", 'DEBUG: "False"', "DEBUGGING: 1", "service web: DEBUGGING: documented but not read"),
        ("deploy/kubernetes/web.yaml", "{DB_NAME: shop}", "{}", "deploy/kubernetes: DB_NAME: missing"),
        ("deploy/kubernetes/web.yaml", '{SECRET_KEY: ""}', "{SECRET_KEY: s3cr3t}", "SECRET_KEY: secret with"),
        (
            "deploy/kubernetes/web.yaml",
            "name: DEBUG",
            "name: DEBGU",
            "container web: DEBGU: documented but not",
        ),
    ],
)
def test_each_problem_is_named(project: Path, file: str, old: str, new: str, words: str) -> None:
    """What is unread, missing, empty or secret is named with its place, and no secret is shown."""
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new))

    lines = findings(project)

    assert any(words in line for line in lines), lines
    assert not any("s3cr3t" in line for line in lines)


def test_broken_yaml_ends_in_one_line(project: Path) -> None:
    """The file and the line are named."""
    (project / "compose.yaml").write_text("services:\n  web: [\n")

    with pytest.raises(CannotRun, match=r"compose\.yaml:\d+: is not valid YAML"):
        deployment.find(project)
