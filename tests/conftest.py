"""What every test gets: no network beyond loopback, and the clusters and servers to test against, started when asked for."""

# The others import real_parts, and pytest wants to load a plugin before anybody else does.
pytest_plugins = [
    "tests.fixtures.real_parts",
    "tests.fixtures.network",
    "tests.fixtures.clusters",
    "tests.fixtures.glauth",
]
