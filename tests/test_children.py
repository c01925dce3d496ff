"""Processes that live and die together: real ones, each a few lines of Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qscore_core.errors import STOPPED

ROOT = Path(__file__).parents[1]

LEADER = """
import subprocess, sys, time
from qscore_core import _children
_children.GRACE_SECONDS = 0.5
children = []
def start():
    children.extend(subprocess.Popen([sys.executable, "-c", code]) for code in sys.argv[2:])
    return children
_children.start_children(start)
print(*(child.pid for child in children), flush=True)
try:
    try:
        exec(sys.argv[1])
    except Exception:
        print("swallowed")
except KeyboardInterrupt as died:
    print(type(died).__name__, died)
    [child.wait() for child in children]
"""
FOLLOWER = "from qscore_core._children import end_with_parent; end_with_parent(); import time; time.sleep(60)"
AGAIN = "What was computed is kept: run the same command again to go on."


def leader(work, *children):
    command = [sys.executable, "-c", LEADER, work, *children]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("children", "message"),
    [
        (["import sys; sys.exit(3)"], "Process 2 of 2 failed (exit status 3); its own message says why."),
        (
            ["import time; time.sleep(60)", "import os; os.kill(os.getpid(), 9)"],
            "Process 3 of 3 was killed (signal 9, often for want of memory).",
        ),
        (["import os; os.kill(os.getpid(), 11)"], "Process 2 of 2 was killed (signal 11)."),
    ],
)
def test_the_death_of_a_child_reaches_whatever_the_leader_does(children, message):
    process = leader("time.sleep(60)", *children)
    out, _ = process.communicate(timeout=60)  # the children hold the stream open: they are gone as well
    assert out.splitlines()[1:] == [f"ProcessDiedError {message} {AGAIN}"]


@pytest.mark.parametrize("code", ["pass", f"import sys; sys.exit({STOPPED})", "import os; os.kill(os.getpid(), 2)"])
def test_a_child_that_ends_on_purpose_disturbs_nobody(code):
    process = leader("children[0].wait(); time.sleep(0.6); print('done')", code)
    assert process.communicate(timeout=60)[0].splitlines()[1:] == ["done"]


def test_a_leader_that_cannot_be_reached_ends_with_the_word():
    # as in a call that waits for the dead child and lets no signal through
    work = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}); time.sleep(60)"
    process = leader(work, "import sys; sys.exit(3)")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.splitlines()[-1] == f"Process 2 of 2 failed (exit status 3); its own message says why. {AGAIN}"


def test_no_child_outlives_its_leader():
    process = leader("time.sleep(60)", FOLLOWER, FOLLOWER)
    children = [int(child) for child in process.stdout.readline().split()]
    assert [os.kill(child, 0) for child in children] == [None, None]
    process.kill()
    process.communicate(timeout=50)  # fails where one of them, which would sleep longer, still holds the stream
