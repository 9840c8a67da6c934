"""The signatures that carry the contracts (operations, queries, tasks, models, the fences) are true."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_type_checker_agrees():
    answer = subprocess.run(
        [sys.executable, "-m", "mypy"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
