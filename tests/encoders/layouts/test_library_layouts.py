import pytest
from layout_checks import check_layout
from library_files import LIBRARY_FILES


@pytest.mark.parametrize("write", LIBRARY_FILES, ids=lambda write: write.__name__)
def test_h_is_that_of_the_network_written(write, tmp_path, workspace):
    check_layout(write(), tmp_path, workspace)
