"""``agent glauth`` with the real server: what would be published, how it stands, and the way back."""

import json
import re
import time
from itertools import pairwise
from typing import Any

import pytest

from agent.sandbox.real.glauth import RealGlauth
from agent.writer_lock import WriterLock
from backends.glauth.refusal import Refusal
from tests.fixtures.memory_site import MemorySite

pytestmark = pytest.mark.real_glauth


@pytest.fixture
def served(site: MemorySite) -> MemorySite:
    """The same once both are served."""
    site.cycle()
    assert site.agent("glauth", "verify").code == 0
    return site


def as_json(site: MemorySite, *words: str) -> Any:
    said = site.agent("glauth", *words, "--json")
    assert said.code == 0, said.text
    return json.loads(said.text)


def test_render_prints_the_whole_file_to_come_without_any_digest_and_writes_nothing(
    site: MemorySite, glauth: RealGlauth
) -> None:
    before = glauth.file.read_bytes()
    said = site.agent("glauth", "render")
    assert said.code == 0, said.text
    assert 'name = "ada"' in said.text
    assert said.text.count('passsha256 = "..."') == 2, "the base's own account and the probe"
    assert not re.search(r"[0-9a-f]{64}", said.text)
    assert glauth.file.read_bytes() == before


def test_render_diff_shows_who_comes_and_then_that_nothing_changes(site: MemorySite) -> None:
    said = site.agent("glauth", "render", "--diff")
    assert said.code == 0, said.text
    assert "  + ada comes: uid " in said.text
    assert "People: 2 new; groups: " in said.text
    site.cycle()
    assert site.agent("glauth", "render", "--diff").text == "Nothing changes in the directory.\n"


def test_render_diff_is_also_an_object(site: MemorySite) -> None:
    value = as_json(site, "render", "--diff")
    assert [(one["turn"], one["name"]) for one in value["people"]] == [("comes", "ada"), ("comes", "emmy")]
    assert (value["held"], value["quarantined"]) == ([], [])


def test_render_diff_shows_whom_the_guard_holds_and_the_word_that_lets_go(served: MemorySite) -> None:
    served.world.put_user(served.offering, served.people["ada"], "Deleted")
    served.world.rename_user(served.offering, served.people["ada"], "")
    served.cycle(confirmed=True)
    said = served.agent("glauth", "render", "--diff")
    assert said.code == 0, said.text
    assert "Nothing changes in the directory.\n" in said.text
    assert "  ⏸ held: disable ada (uid " in said.text
    assert f"agent guard release {served.plan().held_checksum}" in said.text
    (held,) = as_json(served, "render", "--diff")["held"]
    assert held["key"] == "disable directory user ada"
    assert held["reason"]


def test_what_is_made_from_a_part_is_shown_and_ends_with_75(site: MemorySite) -> None:
    site.cycle()
    site.server.faults.add("status", "marketplace-offering-users/", value=500)
    said = site.agent("glauth", "render", "--diff")
    assert said.code == 75
    assert "this is made from a part of what there is" in said.text


def test_the_status_needs_neither_marketplace_nor_token(
    served: MemorySite, glauth: RealGlauth, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = served.settings.read_text()
    served.settings.write_text("\n".join(line for line in text.splitlines() if not line.startswith("token_file")))
    served.server.faults.add("drop", "/api/")
    said = served.agent("glauth", "status")
    assert said.code == 0, said.text
    assert said.text.splitlines()[0] == f"{glauth.file}: 2 users, 2 groups"
    assert "✔ proved      GLAuth was seen to serve this file, first at 20" in said.text
    assert "· version     not asked; agent glauth verify asks" in said.text
    assert "✔ publishing  goes on" in said.text
    assert "✔ quarantine  nobody" in said.text


def test_verify_asks_now_and_ends_with_4_when_glauth_is_away(served: MemorySite, glauth: RealGlauth) -> None:
    glauth.stop()
    assert served.agent("glauth", "status").code == 0
    said = served.agent("glauth", "verify")
    assert said.code == 4
    assert f"GLAuth does not serve {glauth.file}: " in said.text
    assert "✘ proved      not served: " in said.text
    assert "· version     could not be asked" in said.text


def test_verify_tells_a_file_that_somebody_else_changed(served: MemorySite, glauth: RealGlauth) -> None:
    glauth.file.write_text(glauth.file.read_text().replace("/home/ada", "/home/eve"))
    assert served.agent("glauth", "verify").code == 4


def test_verify_says_of_an_old_glauth_that_it_is_one(served: MemorySite) -> None:
    """The one that is built for the tests is 2.4.0; GLAUTH_BIN may name a newer one."""
    value = as_json(served, "verify")
    text = served.agent("glauth", "verify").text
    assert value["safe_version"] in {True, False}
    assert ("GLAuth older than 2.5.1" in text) == (value["safe_version"] is False)


def test_verify_full_compares_every_entry_and_ends_with_4_where_one_differs(
    served: MemorySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = served.agent("glauth", "verify", "--full")
    assert said.code == 0, said.text
    assert "each is served as the file means it" in said.text
    monkeypatch.setattr("backends.glauth.server.GlauthDirectory.differences", lambda _: ("ada: uid 1, not 2",))
    differs = served.agent("glauth", "verify", "--full")
    assert differs.code == 4
    assert "  ✘ ada: uid 1, not 2\n" in differs.text


def test_without_a_probe_verify_says_what_to_set_and_ends_with_78(served: MemorySite, glauth: RealGlauth) -> None:
    served.settings.write_text(served.settings.read_text().replace(f'probe_url = "{glauth.url}"', 'probe_url = ""'))
    said = served.agent("glauth", "verify")
    assert said.code == 78
    assert "glauth.probe_url: is empty" in said.text


def test_a_rollback_serves_the_file_before_holds_publishing_and_ends_when_told(
    served: MemorySite, glauth: RealGlauth
) -> None:
    first = glauth.file.read_bytes()
    served.order(served.project("Proofs", "kurt"), "theorems")
    served.cycle()
    assert glauth.lookup("kurt")

    back = served.agent("glauth", "rollback")
    assert back.code == 0, back.text
    assert "agent glauth rollback --end" in back.text
    assert glauth.file.read_bytes() == first
    assert not glauth.lookup("kurt")
    assert glauth.lookup("ada")

    served.cycle()
    assert not glauth.lookup("kurt")
    status = served.agent("glauth", "status").text
    assert "✘ publishing  publishing is held since" in status
    shown = served.agent("glauth", "render", "--diff")
    assert "  + kurt comes: " in shown.text
    assert "nothing is published for now: publishing is held" in shown.text

    ended = served.agent("glauth", "rollback", "--end")
    assert (ended.code, ended.text) == (0, "The next sync publishes what the marketplace says.\n")
    served.cycle()
    assert glauth.lookup("kurt")


def test_ending_a_rollback_that_nobody_made_says_so(served: MemorySite) -> None:
    said = served.agent("glauth", "rollback", "--end")
    assert (said.code, said.text) == (
        0,
        "There was no roll-back to end: each sync publishes what the marketplace says.\n",
    )


def test_ending_tries_again_at_once_what_glauth_did_not_serve(served: MemorySite, glauth: RealGlauth) -> None:
    served.order(served.project("Proofs", "kurt"), "theorems")
    Refusal(served.journal.with_name("glauth.refused"), 600.0).remember(b"x", time.time())
    assert "put back" in served.agent("glauth", "status").text
    said = served.agent("glauth", "rollback", "--end")
    assert (said.code, said.text) == (0, "The next sync tries again what GLAuth did not serve.\n")
    assert "✔ publishing  goes on" in served.agent("glauth", "status").text
    served.cycle()
    assert glauth.lookup("kurt")


def test_a_rollback_beside_a_cycle_waits_for_it_and_gives_up_without_a_change(
    served: MemorySite, glauth: RealGlauth, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.order(served.project("Proofs", "kurt"), "theorems")
    served.cycle()
    before = glauth.file.read_bytes()
    monkeypatch.setattr("agent.cli.directory_session.PATIENCE", 0.2)
    with WriterLock(served.journal.with_name("converge.lock")).acquire(1):
        said = served.agent("glauth", "rollback")
    assert said.code == 75
    assert glauth.file.read_bytes() == before
    assert "publishing  goes on" in served.agent("glauth", "status").text


def test_with_no_file_to_go_back_to_a_rollback_changes_nothing(served: MemorySite, glauth: RealGlauth) -> None:
    before = glauth.file.read_bytes()
    said = served.agent("glauth", "rollback")
    assert said.code == 75
    assert glauth.file.read_bytes() == before
    assert "publishing  goes on" in served.agent("glauth", "status").text


def test_the_quarantine_says_who_why_since_when_and_what_to_do(served: MemorySite) -> None:
    assert served.agent("glauth", "quarantine").text == "Nothing is kept back.\n"
    served.join(served.project("Root", "daemon"), "daemon")
    served.order(served.project("Proofs", "daemon"), "theorems")
    served.cycle()
    said = served.agent("glauth", "quarantine")
    assert said.code == 0
    head, reason, remedy, count = said.text.splitlines()
    assert head.startswith("  ! user daemon of offering HPC 1 is not served as listed, since 20")
    assert head.endswith(" UTC")
    assert reason == "    the name belongs to the system, to this host or to the directory's own accounts"
    assert remedy == "    → give it another name in the marketplace"
    assert count == "1 record kept back."
    assert "· restarted   never by the agent" in served.agent("glauth", "status").text
    (value,) = as_json(served, "quarantine")
    assert (value["kind"], value["name"]) == ("user", "daemon")
    assert "daemon" in served.agent("glauth", "status").text
    assert "user daemon of offering" in served.agent("glauth", "render", "--diff").text


def test_status_shows_a_restart_that_the_base_still_needs(served: MemorySite, glauth: RealGlauth) -> None:
    names = ('"ou,cn"', '"cn,ou"', '"ou,cn"')
    for old, new in pairwise(names):  # the first gets its restart, the second comes too soon
        glauth.base_file.write_text(glauth.base_file.read_text().replace(old, new))
        served.cycle()
    (line,) = (line for line in served.agent("glauth", "status").text.splitlines() if "restarted" in line)
    assert line.startswith("  ! restarted   20")
    assert line.endswith(" UTC; it must be once more, to take a change of the base")
    assert as_json(served, "status")["owed"] is True
