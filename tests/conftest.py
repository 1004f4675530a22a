"""What every test gets: no network beyond loopback, and the clusters and servers to test against, started when asked for."""

from hypothesis import HealthCheck, settings

# The others import real_parts, and pytest wants to load a plugin before anybody else does.
pytest_plugins = [
    "tests.fixtures.real_parts",
    "tests.fixtures.network",
    "tests.fixtures.clusters",
    "tests.fixtures.glauth",
]

# A busy machine is no fault of the code: properties are judged by what they say, not by how long it takes.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
