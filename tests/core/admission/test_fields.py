"""Shell, home and personal data."""

from dataclasses import replace

import pytest

from agent.core.admission import fields
from agent.core.policy import AdmissionPolicy

POLICY = AdmissionPolicy()


@pytest.mark.parametrize(
    "wanted", ["", "/usr/bin/python3", "/bin/bash -c id", "bash", "/tmp/../bin/bash", "/bin/bash\n"]
)
def test_a_shell_that_is_not_allowed_becomes_the_default(wanted):
    assert fields.shell(wanted, POLICY) == "/bin/bash"


def test_an_allowed_shell_stays():
    assert fields.shell("/bin/zsh", POLICY) == "/bin/zsh"


@pytest.mark.parametrize("wanted", ["/home/alice", "/home/physics/alice", "/home/a.b-c_d/alice"])
def test_a_home_below_the_prefix_that_ends_in_the_name_stays(wanted):
    assert fields.home(wanted, "alice", POLICY) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        *("", "/", "/home/", "/home", "/home/bob", "/root", "/etc/alice", "/home/../etc/alice", "/home/./alice"),
        *("home/alice", "/home//alice", "//home/alice", "/homes/alice", "/home/alice/", "/home/al ice/alice"),
        *(
            "/home/alice\n",
            "/home/bob/../alice",
            "/home/" + "x/" * 200 + "alice",
            "/home/xalice",
            "/home/${HOME}/alice",
        ),
    ],
)
def test_any_other_home_is_made_of_prefix_and_name(wanted):
    assert fields.home(wanted, "alice", POLICY) == "/home/alice"


def test_the_prefix_may_end_in_a_slash():
    policy = replace(POLICY, home_prefix="/lustre/home/")
    assert fields.home("", "alice", policy) == "/lustre/home/alice"
    assert fields.home("/lustre/home/x/alice", "alice", policy) == "/lustre/home/x/alice"


def test_what_cannot_be_seen_leaves_a_name():
    assert fields.text("Al\x00i\x1b[31mce\n\u202e\u200b\ud800") == "Ali[31mce"


def test_a_name_is_composed_and_cut():
    assert fields.text("Jose\u0301") == "José"
    assert fields.text("x" * 1000) == "x" * 64


def test_a_mail_address_is_kept_in_lower_case_and_anything_else_dropped():
    assert fields.mail(" Alice.Smith+hpc@Uni.Example ") == "alice.smith+hpc@uni.example"
    for wrong in (
        "",
        "alice",
        "a@b@c",
        "a b@c",
        "a@",
        "@b",
        "a@b\nc",
        "cn=x,dc=y@z",
        "x" * 65 + "@b",
        "a@" + "b" * 190,
    ):
        assert fields.mail(wrong) == "", wrong
