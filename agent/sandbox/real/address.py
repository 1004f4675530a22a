"""The loopback address and the ports of one cluster.

Slurm before 24.05 sends each message in two small writes without TCP_NODELAY, so that Nagle's algorithm and delayed
acknowledgements cost 44 ms a direction. A loopback subnet of its own with quick acknowledgements makes every command
ten times as fast; where the route may not be made, plain loopback does.
"""

import os
import socket
import subprocess
from dataclasses import dataclass

SUBNETS = 254


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster listens; ``subnet`` is "" when no route was made for it."""

    host: str
    subnet: str


def take_address() -> Address:
    """A quick subnet nobody else has, else 127.0.0.1."""
    for offset in range(SUBNETS):
        number = (os.getpid() + offset) % SUBNETS + 1
        address = Address(f"127.77.{number}.1", f"127.77.{number}.0/24")
        complaint = _route("add", address)
        if not complaint:
            return address
        if "File exists" not in complaint:
            break
    return Address("127.0.0.1", "")


def give_back(address: Address) -> None:
    """Remove the subnet's route, if there is one."""
    if address.subnet:
        _route("del", address)


def free_ports(host: str, count: int) -> list[int]:
    """Ports that nobody listens on at ``host`` now."""
    listeners = [socket.create_server((host, 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _route(verb: str, address: Address) -> str:
    """Change the local routing table; what ``ip`` complains of, "" when it worked."""
    route = ["local", address.subnet, "dev", "lo", "src", address.host, "quickack", "1", "table", "local"]
    try:
        answer = subprocess.run(["/sbin/ip", "route", verb, *route], capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return answer.stderr or ("" if answer.returncode == 0 else "refused")
