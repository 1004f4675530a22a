"""Names and ids of the host and of the base."""

from pathlib import Path

import pytest

from agent.errors import Unavailable
from backends.glauth.base import read_base
from backends.glauth.local import reserved
from backends.glauth.sentinel import Sentinel

BASE = read_base((Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text())


@pytest.fixture
def host(tmp_path) -> tuple[Path, Path]:
    passwd, group = tmp_path / "passwd", tmp_path / "group"
    passwd.write_bytes(
        b"root:x:0:0:root:/root:/bin/bash\nJos\xe9:x:1000:1000::/home/j:/bin/sh\n+::::::\n\nbad:x:no:1::/:/\n"
    )
    group.write_text("root:x:0:\nsudo:x:27:alice,bob\n")
    return passwd, group


def test_what_the_host_the_base_and_the_probe_use_is_taken(host):
    taken = reserved(BASE, Sentinel(), *host)
    assert taken.reserved_names == {"root", "Jos\udce9", "sssd-search", "waldur-agent-probe"}
    assert taken.reserved_uids == {0, 1000, 9001, 9999}
    assert taken.reserved_group_names == {"root", "sudo", "service", "waldur-agent-probe"}
    assert taken.reserved_gids == {0, 27, 9001, 9999}


def test_the_mail_addresses_of_the_base_are_taken_in_lower_case(host):
    text = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
    base = read_base(text.replace("uidnumber = 9001", 'uidnumber = 9001\nmail = "Search@Uni.example"'))
    assert reserved(base, Sentinel(), *host).reserved_mails == {"search@uni.example"}
    assert reserved(BASE, Sentinel(), *host).reserved_mails == frozenset()


def test_a_host_file_that_cannot_be_read_is_an_outage_and_not_an_empty_host(host, tmp_path):
    with pytest.raises(Unavailable, match="it says which names are taken"):
        reserved(BASE, Sentinel(), tmp_path / "absent", host[1])
