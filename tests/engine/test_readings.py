"""Which parts of both sides count as not read, and which the settings have no use for."""

from dataclasses import replace

from agent.core.snapshot import NOT_READ, Complete, Missing, Partial, SectionName
from agent.engine.readings import unread
from tests.fixtures.memory_site import MemorySite


def test_everything_that_is_read_is_whole(lab: MemorySite, project: str) -> None:
    assert unread(lab.cycle().observed) == ()


def test_a_part_is_told_with_its_offering_its_reason_and_whether_anything_is_known(
    lab: MemorySite, project: str
) -> None:
    observed = lab.cycle().observed
    offering = replace(
        observed.offerings[lab.offering], teams=Partial((), "one page is gone"), services=Missing("a timeout")
    )
    cluster = replace(observed.cluster, qos=Missing("slurmdbd is away"))
    found = unread(replace(observed, cluster=cluster, offerings={lab.offering: offering}))
    assert [(one.section, one.offering, one.reason, one.missing) for one in found] == [
        (SectionName.QOS, "", "slurmdbd is away", True),
        (SectionName.TEAMS, lab.offering, "one page is gone", False),
        (SectionName.SERVICES, lab.offering, "a timeout", True),
    ]
    assert not any(one.of_directory for one in found)


def test_what_nobody_asked_for_is_not_missed(lab: MemorySite, project: str) -> None:
    observed = lab.cycle().observed
    cluster = replace(
        observed.cluster, qos=NOT_READ, coordinators=NOT_READ, default_accounts=NOT_READ, partitions=Missing("scontrol")
    )
    assert unread(replace(observed, cluster=cluster)) == ()


def test_feeds_and_the_published_file_count_where_there_is_a_directory(lab: MemorySite, project: str) -> None:
    observed = lab.cycle().observed
    offering = replace(observed.offerings[lab.offering], feed=Missing("no TOML"))
    without = replace(observed, offerings={lab.offering: offering})
    assert unread(without) == ()
    served = replace(without, directory=Partial(None, "not ours"))
    assert [(one.section, one.of_directory) for one in unread(served)] == [
        (SectionName.DIRECTORY, True),
        (SectionName.FEED, True),
    ]
    assert unread(replace(observed, directory=Complete(None)))[0].section is SectionName.FEED
