"""A settings file that points an agent at sandbox servers: for the demo, the tests and the benchmarks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import tomli_w

COMPONENTS = {
    "cpu": {"tres": "cpu", "factor": 60},
    "gpu": {"tres": "gres/gpu", "factor": 60},
    "mem": {"tres": "mem", "factor": 61_440},
}
"""The sandbox offering's components: cpu-hours, gpu-hours and GB-hours."""


class Tools(Protocol):
    """Where a sandbox cluster's commands and slurm.conf are."""

    bin: Path
    conf: Path


def write_settings(
    folder: Path,
    url: str,
    token: str,
    cluster: Tools,
    offerings: Sequence[str],
    *,
    glauth: Mapping[str, Any] | None = None,
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    offering: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``agent.toml`` and the token beside it; gives its path.

    ``tables`` adds keys to tables, ``offering`` to every offering; ``glauth`` is the whole of its table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token_file = folder / "token"
    token_file.touch(mode=0o600)
    token_file.write_text(token, encoding="ascii")
    settings: dict[str, Any] = {
        "marketplace": {"url": url, "token_file": str(token_file), "deadline": 10},
        "slurm": {"bin": str(cluster.bin), "conf": str(cluster.conf), "lock": str(folder / "writer.lock")},
        "state": {"directory": str(folder / "state")},
        "offerings": [
            {"uuid": uuid, "name": f"HPC {number}", "components": COMPONENTS, **(offering or {})}
            for number, uuid in enumerate(offerings, 1)
        ],
    }
    if glauth is not None:
        settings["glauth"] = dict(glauth)
    for name, table in (tables or {}).items():
        settings[name] = {**settings.get(name, {}), **table}
    path = folder / "agent.toml"
    path.write_text(tomli_w.dumps(settings), encoding="utf-8")
    return path
