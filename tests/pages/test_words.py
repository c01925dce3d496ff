"""References as labels of a narrow field."""

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.words import shortened


def test_of_a_long_path_the_end_is_read():
    # 32 letters: "folder:" has 7, the dots 1, so that 24 remain of the path.
    short, long = "habitats:simclr", "folder:/data/someone/pictures/of/birds/photographs"
    assert shortened([short, long]) == {short: short, long: "folder:…" + long[-24:]}
    assert len(shortened([long])[long]) == 32


def test_two_that_would_read_the_same_stay_whole():
    end = "x" * 40
    refs = [f"file:/a/{end}", f"file:/b/{end}"]
    assert shortened(refs) == {ref: ref for ref in refs}


@given(st.lists(st.text("ab:/", max_size=60), unique=True, max_size=6))
def test_labels_tell_references_apart(refs):
    labels = shortened(refs)
    assert list(labels) == refs
    assert len(set(labels.values())) == len(refs)
