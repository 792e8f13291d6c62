"""The published forms, run as far as one machine can: their shell steps and hooks in a project's environment."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

Done = subprocess.CompletedProcess[str]
REPOSITORY: Final = Path(__file__).resolve().parents[1]


def action_steps(inputs: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the script and the variables of each shell step of ``action.yml``."""
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
    given = {name: inputs.get(name, declared["default"]) for name, declared in action["inputs"].items()}
    for step in action["runs"]["steps"]:
        if "run" in step:
            variables = {name: _filled(text, given, "${{ inputs.%s }}") for name, text in step["env"].items()}
            yield step["run"], {**variables, "GITHUB_ACTION_PATH": str(REPOSITORY)}


def component_steps(inputs: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Return the same of the GitLab component."""
    text = (REPOSITORY / "templates" / "verification.yml").read_text(encoding="utf-8")
    head, body = text.split("\n---\n")
    given = {
        name: inputs.get(name, declared["default"])
        for name, declared in yaml.safe_load(head)["spec"]["inputs"].items()
    }
    (job,) = yaml.safe_load(_filled(body, given, "$[[ inputs.%s ]]")).values()
    for line in job["script"]:
        yield line, {}


def run_step(step: tuple[str, dict[str, str]], project: Path, environment: Path) -> Done:
    """Run a step in the project, as a runner with this Python environment does."""
    script, variables = step
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=project,
        env=_variables(environment) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run_hooks(project: Path, environment: Path, arguments: Mapping[str, list[str]]) -> Done:
    """Run hooks of a local clone by pre-commit on all files of the project, which becomes a Git repository."""
    clone = project.parent / "clone"
    for command, folder in (
        (("git", "clone", "-q", REPOSITORY, clone), project),
        (("git", "init", "-q"), project),
        (("git", "add", "."), project),
    ):
        subprocess.run(command, cwd=folder, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True, check=True)
    hooks: list[dict[str, Any]] = [{"id": name, "args": given} for name, given in arguments.items()]
    configuration = {"repos": [{"repo": str(clone), "rev": head.stdout.strip(), "hooks": hooks}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return subprocess.run(
        [
            environment / "bin" / "python",
            "-m",
            "pre_commit",
            "run",
            "--all-files",
            "--hook-stage",
            "pre-push",
        ],
        cwd=project,
        env={**_variables(environment), "PRE_COMMIT_HOME": str(project.parent / "pre-commit")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _filled(text: str, given: Mapping[str, str], form: str) -> str:
    for name, value in given.items():
        text = text.replace(form % name, value)
    return text


def _variables(environment: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(environment / "bin"), os.environ["PATH"]]),
        "VIRTUAL_ENV": str(environment),
    }
