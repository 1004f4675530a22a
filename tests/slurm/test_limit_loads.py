"""Many different limits: what goes into load files, and how long these are."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association
from backends.slurm.limit_loads import FEW, by_way, files
from backends.slurm.load_text import limits_file
from backends.slurm.wording import limit_words


def changes(number: int, parents: int = 1):
    before = [Account(name=f"p{each:03}", parent=f"h{each % parents}", description="x") for each in range(number)]
    return [(one, replace(one, grp_tres={"cpu": each})) for each, one in enumerate(before)]


def test_few_settings_are_commands_and_many_are_loads():
    assert by_way(changes(FEW)) == ([], changes(FEW))
    assert by_way(changes(FEW + 1)) == (changes(FEW + 1), [])
    same = [(before, replace(after, grp_tres={"cpu": 5})) for before, after in changes(200)]
    assert by_way(same) == ([], same)


def test_a_list_of_qos_is_never_loaded_and_a_move_alone_is_nothing_to_load():
    listed = [(before, replace(after, qos=("gold",))) for before, after in changes(20)]
    moved = [(before, replace(before, parent="x")) for before, _ in changes(20)]
    assert by_way([*listed, *moved]) == ([], [*listed, *moved])


def test_a_file_names_only_what_changes_below_its_parent():
    account, user = Account(name="p1", parent="hpc", description="x"), Association(account="p0", user="alice")
    assert limits_file("lab", [(account, ("GrpJobs=1", "GrpTRES=cpu=-1")), (user, ("MaxSubmitJobs=2",))]) == (
        "Cluster - 'lab'\n"
        "Parent - 'hpc'\n"
        "Account - 'p1':GrpJobs=1:GrpTRES=cpu=-1\n"
        "Parent - 'p0'\n"
        "User - 'alice':MaxSubmitJobs=2\n"
    )


@given(st.integers(0, 60), st.integers(1, 9), st.integers(3, 40))
def test_everything_is_in_exactly_one_file_and_none_is_too_long(number, parents, most):
    given_ = changes(number, parents)
    pieces = list(files(given_, most))
    assert sorted(after.name for piece in pieces for _, after in piece) == [after.name for _, after in given_]
    texts = [limits_file("lab", [(before, limit_words(before, after)) for before, after in piece]) for piece in pieces]
    assert all(len(text.splitlines()) <= most for text in texts)
