"""The server answers before it imports, and the collector need not look through what was imported."""

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
# What is imported before the server answers, and what its script imports before it says that a page opens.
AT_ONCE = """
import sys
import app
from pages.ui import address, arrival, classroom, going
from pages.ui.ending import PageEndedError, end_page

print(sorted({"torch", "sklearn", "numba"} & set(sys.modules)))
"""


def test_neither_the_server_nor_the_word_that_a_page_opens_waits_for_what_is_slow_to_import():
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


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
