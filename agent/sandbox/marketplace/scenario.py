"""A marketplace of a given size, for benchmarks and the demo."""

from agent.sandbox.marketplace.world import World

LIMITS = {"cpu": 1000, "mem": 4000}


def populate(
    world: World, *, resources: int, users_per_resource: int, distinct_users: int, customers: int, projects: int
) -> str:
    """Create an offering with a pending Create order for each resource; the offering's UUID.

    Users are u0001, u0002, … and go round the projects, so that a person may be in several; resources go round the
    projects, and projects round the customers.
    """
    with world.at_once():
        offering = world.create_offering("HPC")
        places = _projects(world, customers, projects)
        people = [
            world.create_user(f"u{number:04d}", "User", f"{number:04d}") for number in range(1, distinct_users + 1)
        ]
        for place, project in enumerate(places):
            for member in range(min(users_per_resource, distinct_users)):
                world.add_member(project, people[(place * users_per_resource + member) % distinct_users])
        for number in range(resources):
            world.order_create(places[number % projects], offering, f"alloc{number + 1:04d}", LIMITS)
    return offering


def _projects(world: World, customers: int, projects: int) -> list[str]:
    organizations = [world.create_customer(f"University {number + 1}") for number in range(customers)]
    return [
        world.create_project(organizations[number % customers], f"Project {number + 1}") for number in range(projects)
    ]
