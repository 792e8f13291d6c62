"""What all tests of this repository share."""

import signal

import pytest


def pytest_configure() -> None:
    """Take SIGINT, which tests send, also where a shell has started pytest with it ignored (``script &``)."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without PostgreSQL (provider none) deselect what needs it; without a container engine skip and say so."""
    from verification.pytest_plugin import provider  # not before pytest itself has imported the plugin

    if provider(config) == "none":
        deselected = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]
    in_containers = [item for item in items if item.get_closest_marker("container")]
    if in_containers and not config.getoption("collectonly"):
        from verification.postgres.server_pool import container_obstacle

        if obstacle := container_obstacle():
            for item in in_containers:
                item.add_marker(pytest.mark.skip(reason=obstacle))
