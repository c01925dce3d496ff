import tracemalloc

import numpy as np
import pytest

from qscore_core.activation_index import build_index
from qscore_core.errors import RepresentationError, WorkspaceError
from qscore_core.index_file import load_index, write_index

ARRAYS = ("starts", "features", "z", "moments", "counts")


def heavy_tailed(images, dim, seed=0):
    rng = np.random.default_rng(seed)
    return np.maximum(rng.standard_normal((images, dim)) ** 3, 0).astype(np.float32)


@pytest.mark.parametrize("rows", [1, 7, 30])
def test_written_in_blocks_and_opened_it_is_the_index_of_the_whole(tmp_path, rows):
    h = heavy_tailed(30, 100)
    write_index((h[first : first + rows] for first in range(0, 30, rows)), 30, tmp_path / "index")
    opened, index = load_index(tmp_path / "index"), build_index(h)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(opened, name), getattr(index, name))
        assert getattr(opened, name).dtype == getattr(index, name).dtype
    assert (opened.floor, opened.dim, opened.images) == (2.0, 100, 30)


def test_an_index_without_entries_can_be_opened(tmp_path):
    write_index([np.ones((5, 40), np.float32)], 5, tmp_path)
    opened = load_index(tmp_path)
    assert (opened.images, len(opened.z), opened.rates(4).sum()) == (5, 0, 0)


def test_an_unfinished_index_is_not_read(tmp_path):
    write_index([heavy_tailed(30, 100)], 30, tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(WorkspaceError, match="holds no finished index"):
        load_index(tmp_path)


def test_a_cut_index_is_not_read(tmp_path):
    write_index([heavy_tailed(30, 100)], 30, tmp_path)
    (tmp_path / "z.f32").write_bytes(b"1234")
    with pytest.raises(WorkspaceError, match=r"is damaged .*Delete it; it is then made again"):
        load_index(tmp_path)


def test_a_row_that_is_not_finite_is_named_by_its_place_in_the_whole(tmp_path):
    h = heavy_tailed(10, 64)
    h[7, 3] = np.nan
    with pytest.raises(RepresentationError, match="Row 7 of the representations"):
        write_index((h[first : first + 4] for first in range(0, 10, 4)), 10, tmp_path)


def test_memory_does_not_grow_with_the_number_of_entries(tmp_path):
    def peak(blocks):
        tracemalloc.start()
        write_index((heavy_tailed(200, 2048) for _ in range(blocks)), 200 * blocks, tmp_path / str(blocks))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)  # compiles
    grown, entries = peak(20) - peak(2), 18 * len(load_index(tmp_path / "1").z)
    # Starts and moments, 72 bytes an image and once more while they are joined, stay; 6 bytes an entry do not.
    assert grown < 18 * 200 * 72 * 3 < 6 * entries
