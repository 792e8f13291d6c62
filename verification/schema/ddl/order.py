"""The order of statements: what is needed comes first, otherwise by rank and name."""

from collections.abc import Callable, Iterable, Mapping
from heapq import heapify, heappop, heappush

from ..model.identity import Identity


def ordered(
    keys: Iterable[Identity], needs: Mapping[Identity, set[Identity]], rank: Callable[[Identity], int]
) -> tuple[list[Identity], set[Identity]]:
    """Return the keys in an order in which each comes after all that it needs, and those in a circle or behind one."""
    waiting = {key: needs.get(key, set()) - {key} for key in keys}
    waiting = {key: {each for each in needed if each in waiting} for key, needed in waiting.items()}
    followers: dict[Identity, list[Identity]] = {}
    for key, needed in waiting.items():
        for each in needed:
            followers.setdefault(each, []).append(key)
    ready = [(rank(key), key) for key, needed in waiting.items() if not needed]
    heapify(ready)
    done: list[Identity] = []
    while ready:
        _, key = heappop(ready)
        done.append(key)
        del waiting[key]
        for follower in followers.get(key, ()):
            waiting[follower].discard(key)
            if not waiting[follower]:
                heappush(ready, (rank(follower), follower))
    return done, set(waiting)
