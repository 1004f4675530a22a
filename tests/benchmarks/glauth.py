"""The directory: what a large file costs, how soon a change is served, and a thousand swaps under a constant reader."""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.errors import NotConverged
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.real.glauth import RealGlauth
from backends.glauth.publish import swap
from backends.glauth.render import render
from backends.glauth.sentinel import Sentinel, sentinel_key
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Probe
from tests.benchmarks.peak import run_measured

LARGE = 10_000
USERS, CHANGES = 1000, 200
"""A change of one user among so many, and how often it is timed."""
SWAPPED, SWAPS, READERS = 200, 1000, 4
FIRST_UID = 20_001
PATIENCE = 5.0
TARGETS = {
    "render_10000_seconds": 3.0,
    "render_10000_rss_mb": 200.0,
    "change_seen_p99_ms": 1000.0,
    "unproved": 0.0,
    "unaffected_missing": 0.0,
}


def measure_glauth(binary: Path) -> dict[str, float]:
    """The figures of the directory."""
    return {**_large(), **_changes(binary), **_swaps(binary)}


def report_glauth(figures: Mapping[str, float]) -> list[str]:
    """Print the table; gives the names of what is over its target."""
    table = Table(title=f"directory: {LARGE} users rendered, {USERS} served, {SWAPPED} swapped under {READERS} readers")
    for column in ("figure", "measured", "target"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, figure in figures.items():
        table.add_row(name.replace("_", " "), f"{figure:g}", f"{TARGETS[name]:g}" if name in TARGETS else "")
    Console(width=120).print(table)
    over = [f"glauth: {name}" for name, limit in TARGETS.items() if figures[name] > limit]
    return over if figures["swaps_proved"] == SWAPS else [*over, "glauth: swaps_proved"]


def _large() -> dict[str, float]:
    """Fetch, admit, render and write in a process that does nothing else; see ``tests.benchmarks.publishing``."""
    with MarketplaceServer("2025") as server, tempfile.TemporaryDirectory(prefix="agent-bench-", dir="/tmp") as folder:
        world = server.world
        with world.at_once():
            offering = world.create_offering("HPC")
            project = world.create_project(world.create_customer("University"), "Project")
            for each in range(LARGE):
                world.add_member(project, world.create_user(f"u{each:05}", "User", f"{each:05}"))
            world.order_create(project, offering, "alloc", {"cpu": 1000})
        program = [sys.executable, "-m", "tests.benchmarks.publishing", server.url, offering, folder]
        printed, peak = run_measured(program, {**os.environ, "AGENT_BENCH_TOKEN": server.token})
        said = json.loads(printed)
        if said["users"] != LARGE:
            raise SystemExit(f"the large directory could not be written: {said}")
        return {"render_10000_seconds": round(said["seconds"], 2), "render_10000_rss_mb": round(peak, 1)}


def _changes(binary: Path) -> dict[str, float]:
    """Milliseconds from a swap until the changed user's own entry says so over LDAP: the 99th of a hundred."""
    with _served(binary, USERS) as (glauth, server, first):
        directory, key, text = first, sentinel_key(server.key_file), glauth.base_file.read_text("utf-8")
        milliseconds = []
        for number in range(CHANGES):
            directory, name, home = _one_changed(directory, number)
            content = render(text, directory, Sentinel(), key)
            swap(glauth.file, content)
            began = time.monotonic()
            _until(lambda name=name, home=home: home in glauth.lookup(name).get("homeDirectory", ()))  # type: ignore[misc]
            milliseconds.append((time.monotonic() - began) * 1000)
        milliseconds.sort()
        return {
            "change_seen_p50_ms": round(milliseconds[CHANGES // 2], 1),
            "change_seen_p99_ms": round(milliseconds[CHANGES * 99 // 100 - 1], 1),
        }


def _swaps(binary: Path) -> dict[str, float]:
    """Each swap counts when LDAP proved it; meanwhile the readers dump everybody, without a pause."""
    with _served(binary, SWAPPED) as (glauth, server, first):
        everybody = frozenset(user.name for user in first.users)
        directory = first
        proved = unproved = 0
        with _dumping(glauth) as dumps:
            for number in range(SWAPS):
                directory, _, _ = _one_changed(directory, number)
                try:
                    proved += server.publish(directory)
                except NotConverged:
                    unproved += 1
        missing = sum(len(everybody - names) for names in dumps)
        if not dumps:
            raise SystemExit("no full dump was taken during the swaps")
        return {
            "swaps_proved": proved,
            "unproved": unproved,
            "full_dumps": len(dumps),
            "unaffected_missing": missing,
        }


@contextmanager
def _served(binary: Path, users: int) -> Iterator[tuple[RealGlauth, GlauthDirectory, Directory]]:
    """A real GLAuth that serves so many users."""
    with (
        tempfile.TemporaryDirectory(prefix="agent-bench-", dir="/tmp") as name,
        RealGlauth(binary, Path(name)) as glauth,
    ):
        folder = Path(name)
        server = GlauthDirectory(
            file=glauth.file,
            base_file=glauth.base_file,
            key_file=folder / "sentinel.key",
            last_good=folder / "last-good.toml",
            probe=Probe(url=glauth.url),
        )
        directory = _directory(users)
        server.publish(directory)
        yield glauth, server, directory


def _directory(users: int) -> Directory:
    """So many people, each with a personal group, in one group together."""
    people = tuple(
        DirectoryUser(
            name=f"u{number:05}",
            uidnumber=FIRST_UID + number,
            primarygroup=FIRST_UID + number,
            othergroups=(9500,),
            loginshell="/bin/bash",
            homedir=f"/home/u{number:05}",
        )
        for number in range(users)
    )
    own = tuple(DirectoryGroup(name=user.name, gidnumber=user.primarygroup) for user in people)
    return Directory(users=people, groups=(DirectoryGroup(name="everybody", gidnumber=9500), *own))


def _one_changed(directory: Directory, number: int) -> tuple[Directory, str, str]:
    """The directory with another home for one user: the directory, who it is, and the home."""
    place = number * 7 % len(directory.users)
    user = directory.users[place]
    moved = replace(user, homedir=f"/home/{number}/{user.name}")
    users = (*directory.users[:place], moved, *directory.users[place + 1 :])
    return replace(directory, users=users), user.name, moved.homedir


def _until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > deadline:
            raise SystemExit(f"a change was not served within {PATIENCE:g} s")


@contextmanager
def _dumping(glauth: RealGlauth) -> Iterator[list[frozenset[str]]]:
    """Readers that dump the whole directory again and again; every dump they took."""
    dumps: list[frozenset[str]] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            dumps.append(glauth.names())

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield dumps
    finally:
        over.set()
        for reader in readers:
            reader.join()
