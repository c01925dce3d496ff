"""The server imports before the first visitor comes, and the collector need not look through what was imported."""

import gc

from pages.ui.warm import warm_up


def test_after_the_warm_up_a_collection_leaves_the_imports_alone():
    gc.collect()
    before = len(gc.get_objects())
    try:
        warm_up()
        assert gc.get_freeze_count() >= before
        assert len(gc.get_objects()) < 0.1 * before
    finally:
        gc.unfreeze()
