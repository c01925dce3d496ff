"""The server imports before the first visitor comes, and the collector need not look through what was imported."""

import gc
import subprocess
import sys

from pages.ui.warm import warm_up

# In a process of its own: in this one another test may have loaded the compiled loops before.
FIRST_INDEX = """
import gc
import numpy as np
from pages.ui.warm import warm_up
from qscore_core.activation_index import build_index

warm_up()
build_index(np.eye(8, dtype=np.float32)).rates(2.05)
print(len(gc.get_objects()))
"""


def test_after_the_warm_up_a_collection_leaves_the_imports_alone():
    gc.collect()
    before = len(gc.get_objects())
    try:
        warm_up()
        assert gc.get_freeze_count() >= before
        assert len(gc.get_objects()) < 0.1 * before
    finally:
        gc.unfreeze()


def test_the_first_index_after_it_adds_next_to_nothing_to_look_through():
    done = subprocess.run([sys.executable, "-c", FIRST_INDEX], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 5_000
