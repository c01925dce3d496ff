import pytest
from author_files import AUTHOR_FILES
from layout_checks import check_layout


@pytest.mark.parametrize("write", AUTHOR_FILES, ids=lambda write: write.__name__)
def test_h_is_that_of_the_network_written(write, tmp_path, workspace):
    check_layout(write(), tmp_path, workspace)
