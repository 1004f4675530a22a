"""The same call for many arguments, a few at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")

WIDTH = 4  # enough to hide the network's delay, too few to be a burden for the server


def together(call: Callable[[A], R], arguments: Iterable[A]) -> list[R]:
    """The results in the order of the arguments. The first error is raised, and what has not begun is not begun."""
    with ThreadPoolExecutor(WIDTH, thread_name_prefix="marketplace") as pool:
        return list(pool.map(call, arguments))
