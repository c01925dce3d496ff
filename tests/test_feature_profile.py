"""A feature seen from the images in which it fires, against counts made by hand and by plain loops."""

import numpy as np
import pytest

from qscore_core.activation_index import build_index
from qscore_core.errors import SettingsError
from qscore_core.feature_notes import called, name_feature, read_notes, star_feature
from qscore_core.feature_profile import Firing, class_breakdown, co_firing, firing_of


@pytest.fixture(scope="module")
def matrix():
    return np.maximum(np.random.default_rng(0).standard_normal((60, 40)) ** 3, 0).astype(np.float32)


def fires(matrix, epsilon):
    h = matrix.astype(np.float64)
    return (h - h.mean(axis=1, keepdims=True)) / h.std(axis=1, keepdims=True) > epsilon


def test_firing_agrees_with_the_matrix(matrix):
    index = build_index(matrix)
    active = fires(matrix, 2.5)
    for feature in range(40):
        found = firing_of(index, feature, 2.5)
        assert sorted(found.images) == np.flatnonzero(active[:, feature]).tolist()
        assert (np.diff(found.z) <= 0).all()


def test_features_that_fire_together_agree_with_plain_counting(matrix):
    index, active = build_index(matrix), fires(matrix, 2.5)
    feature = int(active.sum(axis=0).argmax())
    table = co_firing(index, feature, 2.5, most=40)
    for row in table.itertuples():
        both = int((active[:, feature] & active[:, row.feature]).sum())
        either = int((active[:, feature] | active[:, row.feature]).sum())
        expected = both / 60 / (active[:, feature].mean() * active[:, row.feature].mean())
        assert (row.both, row.overlap) == (both, pytest.approx(both / either))
        assert row.lift == pytest.approx(expected)
    together = (active & active[:, [feature]]).sum(axis=0)
    together[feature] = 0
    assert len(table) == (together > 0).sum()


def test_classes_by_hand():
    # fires in images 0, 1 (a) and 3 (b) of a a a b b b b b: shares 2/3 and 1/5, purity 2/3 and 1/3;
    # it fires in 3 of 8 images, so lift is (2/3)/(3/8) = 16/9 and (1/5)/(3/8) = 8/15
    found = class_breakdown(
        Firing(np.array([1, 0, 3]), np.array([5.0, 4.0, 3.0])), np.repeat([0, 2], [3, 5]), ["a", "none", "b"]
    )
    assert found["class"].tolist() == ["a", "b"]
    assert found["firing"].tolist() == [2, 1]
    assert found["share"].tolist() == pytest.approx([2 / 3, 1 / 5])
    assert found["purity"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found["lift"].tolist() == pytest.approx([16 / 9, 8 / 15])


def test_images_without_a_label_are_a_class_of_their_own():
    found = class_breakdown(Firing(np.array([2]), np.array([3.0])), np.array([0, 0, -1, -1]), ["a"])
    assert dict(zip(found["class"], found["share"], strict=True)) == {"": 0.5, "a": 0}


def test_strips_of_seven_images():
    firing = Firing(np.arange(7), np.arange(7, 0, -1.0))
    assert firing.strongest(3).images.tolist() == [0, 1, 2]
    assert firing.middle(3).images.tolist() == [2, 3, 4]
    assert firing.weakest(3).images.tolist() == [4, 5, 6]
    assert firing.middle(9).images.tolist() == list(range(7))


def test_a_feature_that_never_fires_has_an_empty_profile(matrix):
    index = build_index(matrix)
    assert len(firing_of(index, 0, 6.2)) == 0
    assert class_breakdown(firing_of(index, 0, 6.2), np.zeros(60, int), ["a"])["share"].tolist() == [0]
    assert co_firing(index, 0, 6.2).empty


def test_notes_are_kept_for_an_encoder_and_only_for_it(workspace):
    name_feature("fingerprint", 12, " red <b>stripes</b> ", workspace)
    star_feature("fingerprint", 3, True, workspace)
    notes = read_notes("fingerprint", workspace)
    assert called(12, notes) == "12 · red <b>stripes</b>"
    assert (called(3, notes), notes[3].starred) == ("feature 3", True)
    assert read_notes("another", workspace) == {}
    name_feature("fingerprint", 12, "", workspace)
    star_feature("fingerprint", 3, False, workspace)
    assert read_notes("fingerprint", workspace) == {}


@pytest.mark.parametrize("name", ["x" * 61, "a\nb"])
def test_names_that_cannot_be_shown_are_refused(workspace, name):
    with pytest.raises(SettingsError):
        name_feature("fingerprint", 1, name, workspace)


def test_a_damaged_file_of_notes_counts_as_none(workspace):
    name_feature("fingerprint", 1, "one", workspace)
    (workspace.root / "feature-notes" / "fingerprint.json").write_text("[1")
    assert read_notes("fingerprint", workspace) == {}
