import pytest


@pytest.fixture
def site(embedded_cluster):
    """An embedded cluster with a small tree: hpc above one and two, alice and bob in one."""
    run = embedded_cluster.sacctmgr
    run("-i", "add", "account", "name=hpc", "organization=o", "description=d")
    run("-i", "add", "account", "name=one,two", "parent=hpc")
    run("-i", "add", "user", "name=alice,bob", "account=one")
    return embedded_cluster


@pytest.fixture
def shown(site):
    """What ``show assoc`` says of the given columns, without root."""

    def show(columns, *where):
        answer = site.sacctmgr("-nP", "show", "assoc", *where, f"format={columns}")
        return [line for line in answer.stdout.splitlines() if not line.startswith("root|")]

    return show
