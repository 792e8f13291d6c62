"""The manifests: valid for Kubernetes, and as docs/domain.md, section 14 describes them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import kubernetes_validate
import pytest
import yaml

from deploy.tests.engine import ROOT

FOLDER: Final = ROOT / "deploy" / "kubernetes"
VERSIONS: Final = ("1.29", "1.37")
"""The first version that runs sidecars by default, and the newest that the schemas know."""
OBJECTS: Final = [
    (f"{file.name}: {body['kind']}", body)
    for file in sorted(FOLDER.glob("*.yaml"))
    for body in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
GUNICORN_TIMEOUT: Final = 30
GUNICORN_DRAIN: Final = 1


def pods() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return each manifest's pod by its part."""
    for _, body in OBJECTS:
        spec = body.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield body["metadata"]["labels"]["part"], spec["template"]["spec"]


PODS: Final = dict(pods())
CONTAINERS: Final = {part: pod["containers"][0] for part, pod in PODS.items()}


def _one(kind: str, name: str) -> dict[str, Any]:
    (found,) = [body for _, body in OBJECTS if (body["kind"], body["metadata"]["name"]) == (kind, name)]
    return dict(found)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("name", "body"), OBJECTS, ids=[name for name, _ in OBJECTS])
def test_fits_the_schema(name: str, body: dict[str, Any], version: str) -> None:
    """Every object has only fields that this version of Kubernetes knows, of the right types."""
    kubernetes_validate.validate(body, version, strict=True)


def test_schema_refuses_a_misspelt_field() -> None:
    """The control: one wrong name is found."""
    body = yaml.safe_load((FOLDER / "beat.yaml").read_text(encoding="utf-8"))
    body["spec"]["replica"] = body["spec"].pop("replicas")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(body, VERSIONS[-1], strict=True)


def test_has_every_part() -> None:
    """Web, worker and beat are Deployments; migrations a Job; one Service, ConfigMap and example Secret."""
    kinds = sorted(
        (body["kind"], body["metadata"]["name"].removeprefix("coffee-payments")) for _, body in OBJECTS
    )
    assert kinds == [
        ("ConfigMap", ""),
        ("CronJob", "-certificates"),
        ("Deployment", "-beat"),
        ("Deployment", "-web"),
        ("Deployment", "-worker"),
        ("Job", "-migrate"),
        ("PodDisruptionBudget", "-web"),
        ("Secret", ""),
        ("Secret", "postgres-tls"),
        ("Service", ""),
    ]


@pytest.mark.parametrize(
    ("probe", "path", "timing"),
    [
        ("startupProbe", "/health", {"periodSeconds": 2, "failureThreshold": 30}),
        ("readinessProbe", "/health/ready", {"periodSeconds": 5}),
        ("livenessProbe", "/health", {"periodSeconds": 10}),
    ],
)
def test_probes_of_web(probe: str, path: str, timing: dict[str, int]) -> None:
    """Each asks its path on port 8000 with the timing of the design."""
    assert CONTAINERS["web"][probe] == {
        "httpGet": {"path": path, "port": 8000},
        "timeoutSeconds": 1,
        **timing,
    }


def test_a_roll_out_takes_no_server_away() -> None:
    """A new pod is ready before an old one ends, which first waits until it gets no new requests."""
    spec = _one("Deployment", "coffee-payments-web")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    command, seconds = CONTAINERS["web"]["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    grace = spec["template"]["spec"]["terminationGracePeriodSeconds"]
    assert int(seconds) + GUNICORN_DRAIN + GUNICORN_TIMEOUT < grace


def test_the_budget_is_that_of_the_web_pods() -> None:
    """One server stays when a node is emptied."""
    budget = _one("PodDisruptionBudget", "coffee-payments-web")["spec"]
    deployment = _one("Deployment", "coffee-payments-web")["spec"]
    assert budget["selector"] == deployment["selector"]
    assert budget["minAvailable"] < deployment["replicas"]


@pytest.mark.parametrize("part", PODS)
def test_pod(part: str) -> None:
    """Every pod has the resources, the grace period, no root, no token of the cluster, private files."""
    pod, container = PODS[part], CONTAINERS[part]
    assert container["resources"] == {
        "requests": {"memory": "512Mi", "cpu": "500m"},
        "limits": {"memory": "1Gi", "cpu": "1000m"},
    }
    assert pod["terminationGracePeriodSeconds"] == 60 > GUNICORN_TIMEOUT
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("part", PODS)
def test_files_of_the_connection(part: str) -> None:
    """Each pod has the Secret's files of mode 0600 as its own; what runs on has a sidecar that copies renewed ones."""
    pod = PODS[part]
    (copier,) = pod["initContainers"]
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert volumes["postgres-secret"]["secret"] == {"secretName": "postgres-tls", "defaultMode": 0o600}
    assert volumes["postgres-tls"]["emptyDir"]["medium"] == "Memory"
    mounts = {mount["name"]: mount for mount in copier["volumeMounts"]}
    script, source, target, *interval = copier["command"]
    assert (script, (ROOT / "deploy" / "private_files.sh").is_file()) == ("/srv/private_files.sh", True)
    # Mounted as a folder: with subPath a renewed Secret would never be seen.
    assert mounts["postgres-secret"] == {"name": "postgres-secret", "mountPath": source, "readOnly": True}
    assert mounts["postgres-tls"] == {"name": "postgres-tls", "mountPath": target}
    assert {"name": "postgres-tls", "mountPath": target, "readOnly": True} in CONTAINERS[part]["volumeMounts"]
    goes_on = part in {"web", "worker", "beat"}
    assert (copier.get("restartPolicy"), len(interval)) == (("Always", 1) if goes_on else (None, 0))
    assert copier["securityContext"] == CONTAINERS[part]["securityContext"]


def test_user_is_the_image_s() -> None:
    """Pods run as the image's user, whose group reads the files of the Secret."""
    assert "USER 10001" in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    for pod in PODS.values():
        assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (10001, 10001)


def test_beat_is_exactly_one() -> None:
    """One replica, and the old one ends before the new one begins."""
    spec = _one("Deployment", "coffee-payments-beat")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_only_the_job_migrates() -> None:
    """All other parts skip migrations."""
    skips = {
        part: {each["name"]: each.get("value") for each in container["env"]}["SKIP_MIGRATIONS"]
        for part, container in CONTAINERS.items()
    }
    assert skips == {part: "false" if part == "migrate" else "true" for part in PODS}


def test_service_finds_the_web_pods() -> None:
    """The Service's selector and port name are those of the web Deployment."""
    service = _one("Service", "coffee-payments")["spec"]
    template = _one("Deployment", "coffee-payments-web")["spec"]["template"]
    assert service["selector"].items() <= template["metadata"]["labels"].items()
    assert service["ports"][0]["targetPort"] in {each["name"] for each in CONTAINERS["web"]["ports"]}


def test_selectors_match_their_templates() -> None:
    """Each Deployment owns the pods that it makes, and no other part's."""
    labels = {}
    for _, body in OBJECTS:
        if body["kind"] == "Deployment":
            selector = body["spec"]["selector"]["matchLabels"]
            assert selector == body["spec"]["template"]["metadata"]["labels"]
            labels[body["metadata"]["name"]] = tuple(selector.items())
    assert len(set(labels.values())) == len(labels) == 3


def test_secrets_have_no_values() -> None:
    """The example Secrets have keys without values, and the ConfigMap has none of these keys."""
    config = _one("ConfigMap", "coffee-payments")["data"]
    for name in ("coffee-payments", "postgres-tls"):
        secret = _one("Secret", name)["stringData"]
        assert set(secret.values()) == {""}
        assert not set(secret) & set(config)


def test_files_of_the_configuration_are_those_of_the_secret() -> None:
    """Each path in the ConfigMap is a key of the mounted Secret."""
    config = _one("ConfigMap", "coffee-payments")["data"]
    (mount,) = [each for each in CONTAINERS["web"]["volumeMounts"] if each["name"] == "postgres-tls"]
    named = {value for key, value in config.items() if key.startswith("POSTGRES_SSL_") and "/" in value}
    assert named == {f"{mount['mountPath']}/{key}" for key in _one("Secret", "postgres-tls")["stringData"]}
    assert config["POSTGRES_SSL_MODE"] == "verify-full"


def test_all_parts_are_one_image() -> None:
    """A deploy changes one name everywhere."""
    containers = [each for pod in PODS.values() for each in (*pod["initContainers"], *pod["containers"])]
    assert len({container["image"] for container in containers}) == 1
