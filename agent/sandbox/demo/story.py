"""The story, in the order it happens; each chapter changes one thing and shows what the agent makes of it."""

import time
import tomllib

from agent.core.usage.months import month_start
from agent.sandbox.demo.screen import chapter, command, say, shown
from agent.sandbox.demo.stage import Stage

HOUR = 3600.0
HELD = 3


def tell(stage: Stage) -> None:
    """Play the whole story. Raises Derailed when a command does not end as it should."""
    ada, resources = _order(stage)
    command(stage.settings, "plan")
    chapter("The agent carries it out, reads it back, and only then reports the orders done.")
    command(stage.settings, "sync")
    _show_result(stage)
    _run_jobs(stage)
    _report_usage(stage, resources)
    _change(stage, resources[0])
    _leave(stage, ada)
    _terminate(stage, resources[1])
    chapter("One more cycle: Kurt has no project left, so his login is disabled. Then nothing is left to do.")
    command(stage.settings, "sync")
    command(stage.settings, "plan", "--detailed-exitcode")
    say("\nYour own: `agent config example` writes /etc/agent/agent.toml; docs/configuration.md explains every key.")


def _order(stage: Stage) -> tuple[tuple[str, str], list[str]]:
    """Two customers order; gives the member who will leave, with the project, and the two resources."""
    world = stage.world
    chapter("Two customers order an allocation each. The agent shows what would happen, and does nothing.")
    people = {
        name: world.create_user(name, name.title(), surname)
        for name, surname in (("ada", "Lovelace"), ("emmy", "Noether"), ("kurt", "Goedel"))
    }
    climate = world.create_project(world.create_customer("University of the North"), "Climate")
    proofs = world.create_project(world.create_customer("Institute of Logic"), "Proofs")
    for project, name in ((climate, "ada"), (climate, "emmy"), (proofs, "emmy"), (proofs, "kurt")):
        world.add_member(project, people[name])
    world.order_create(climate, stage.offering, "weather", {"cpu": 1000, "mem": 4000})
    world.order_create(proofs, stage.offering, "theorems", {"cpu": 200, "mem": 800})
    return (climate, people["ada"]), [row["uuid"] for row in world.resources(stage.offering)]


def _show_result(stage: Stage) -> None:
    chapter("What exists now: in Slurm, in the directory, in the marketplace.")
    words = ("show", "assoc", "where", f"account={','.join(_accounts(stage))}", "format=Account,User,GrpTRESMins")
    shown(f"sacctmgr -nP {' '.join(words)}", stage.cluster.run("sacctmgr", "-nP", *words).stdout.splitlines())
    users = tomllib.loads(stage.glauth_file.read_text(encoding="utf-8"))["users"]
    people = [f"{user['name']} uid {user['uidnumber']}, home {user['homedir']}" for user in users if "homedir" in user]
    proof = "proved by an LDAP bind" if stage.glauth else "not proved: no GLAuth on this machine"
    say(f"{stage.glauth_file.name}, {proof}:")
    for person in people:
        say(f"  {person}")
    say("orders in the marketplace:")
    for order in stage.world.orders(stage.offering):
        resource = stage.world.resource(order["resource"])
        what = f"{order['type']} {resource['name']} {order['state']}"
        say(f"  {order['uuid'][:8]}: {what}, account {resource['backend_id']}")


def _run_jobs(stage: Stage) -> None:
    """History of the last hours, but never of last month."""
    now = time.time()
    start = max(month_start(now), now - 2 * HOUR)
    first, second = _accounts(stage)
    jobs = ((first, "ada", 8), (first, "emmy", 4), (second, "kurt", 16))
    hours = f"{(now - start) / HOUR:.1f} hours"
    chapter(f"Jobs run for {hours}: ada on 8 cores, emmy on 4, kurt on 16. The agent tells what they used.")
    for account, user, cores in jobs:
        stage.cluster.record_job(
            account, user, start=start, end=now, tres={"cpu": cores, "mem": 4096 * cores, "node": 1}
        )
    command(stage.settings, "sync")


def _report_usage(stage: Stage, resources: list[str]) -> None:
    for uuid in resources:
        name = stage.world.resource(uuid)["name"]
        total = ", ".join(f"{kind} {used}" for (_, kind), used in sorted(stage.world.component_usages(uuid).items()))
        people = ", ".join(
            f"{user} {kind} {used}" for (_, kind, user), used in sorted(stage.world.user_usages(uuid).items())
        )
        say(f"  the marketplace has for {name}: {total}  ({people})")


def _change(stage: Stage, resource: str) -> None:
    chapter("The university orders twice the cores. A limit lower than what is used would have waited for its jobs.")
    stage.world.order_update(resource, {"cpu": 2000, "mem": 4000})
    command(stage.settings, "sync")
    chapter("Its budget is spent: the allocation is paused. What runs goes on, nothing new starts, until it is lifted.")
    stage.world.set_flags(resource, paused=True)
    command(stage.settings, "sync")
    stage.world.set_flags(resource, paused=False)
    command(stage.settings, "sync")


def _leave(stage: Stage, member: tuple[str, str]) -> None:
    chapter("Ada leaves her project. A name missing from a list is no proof: it is held until a person confirms it.")
    stage.world.remove_member(*member)
    command(stage.settings, "sync", expected=HELD)
    command(stage.settings, "sync", "--confirm-removals")


def _terminate(stage: Stage, resource: str) -> None:
    chapter(
        "The Institute of Logic terminates its allocation: last usage, then the account goes, then the order is done."
    )
    stage.world.order_terminate(resource)
    command(stage.settings, "sync")


def _accounts(stage: Stage) -> list[str]:
    return [row["backend_id"] for row in stage.world.resources(stage.offering)]
