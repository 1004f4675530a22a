"""The embedded cluster answers as the real one does: the same scripts on both, answers compared word for word."""

from pathlib import Path
from typing import Any

import pytest

from tests.conformance import (
    scripts_accounts,
    scripts_agent,
    scripts_batches,
    scripts_controller,
    scripts_coordinators,
    scripts_jobs,
    scripts_limits,
    scripts_loads,
    scripts_partitions,
    scripts_qos,
    scripts_removing,
)
from tests.conformance.play import Stage
from tests.conformance.steps import Script

AREAS = (
    scripts_accounts,
    scripts_limits,
    scripts_removing,
    scripts_batches,
    scripts_controller,
    scripts_jobs,
    scripts_qos,
    scripts_loads,
    scripts_partitions,
    scripts_coordinators,
    scripts_agent,
)
SCRIPTS = [each for area in AREAS for each in area.SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.about.replace(" ", "-"))
def test_the_embedded_cluster_answers_as_slurm_does(
    script: Script, real_slurm: Any, embedded_cluster: Any, tmp_path: Path
) -> None:
    expected = Stage(real_slurm, tmp_path).play(script.steps)
    assert Stage(embedded_cluster, tmp_path).play(script.steps) == expected
