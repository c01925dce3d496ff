"""The linear probe: against scikit-learn, on separable and on real data, and what it says about bad labels."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, normalize

from qscore_core.errors import RepresentationError, SettingsError, WorkspaceError
from qscore_core.probe import LinearProbe, LogisticRecipe, ProbeSettings, SgdRecipe, fit_probe, load_probe
from qscore_core.probe.splitting import hold_out

FEW_EPOCHS = ProbeSettings(recipe="paper", paper=SgdRecipe(epochs=25))
RECIPES = [ProbeSettings(), FEW_EPOCHS]


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """1,797 scanned digits of 8 x 8 pixels; train and test halves."""
    images, labels = load_digits(return_X_y=True)
    h = images.astype(np.float32)
    return h[:900], labels[:900], h[900:], labels[900:]


def separable(images: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Three classes, each along its own axis of four."""
    labels = np.arange(images) % 3
    noise = np.random.default_rng(0).normal(scale=0.05, size=(images, 4))
    return (np.eye(3, 4)[labels] + noise).astype(np.float32), labels


@pytest.mark.parametrize("settings", RECIPES, ids=lambda settings: settings.recipe)
def test_a_separable_problem_is_solved(settings: ProbeSettings):
    h, labels = separable()
    probe = fit_probe(h[:30], labels[:30], 3, settings)
    assert probe.correct(h[30:], labels[30:]).all()
    assert probe.record.validation_top1 == 1.0
    assert probe.record.validation_images == 3  # one in ten of each class of ten


@pytest.mark.parametrize("settings", RECIPES, ids=lambda settings: settings.recipe)
def test_real_digits_are_read(settings: ProbeSettings, digits):
    train_h, train_labels, test_h, test_labels = digits
    probe = fit_probe(train_h, train_labels, 10, settings)
    # A multinomial logistic regression on these pixels is known to reach 0.90 to 0.95 on the second half.
    assert 0.88 < probe.correct(test_h, test_labels).mean() < 0.97
    assert probe.record.chosen in dict(probe.record.tried)
    assert dict(probe.record.tried)[probe.record.chosen] == max(top1 for _, top1 in probe.record.tried)


@pytest.mark.parametrize("classes", [2, 10])
def test_fast_equals_scikit_learn(digits, classes: int):
    train_h, train_labels, test_h, _ = digits
    few = train_labels < classes
    exact = LogisticRecipe(strengths=(0.01,), tolerance=1e-9)
    probe = fit_probe(train_h[few], train_labels[few], classes, ProbeSettings(fast=exact))

    rows = normalize(train_h[few].astype(float))
    scaler = StandardScaler().fit(rows)
    reference = LogisticRegression(C=0.01, tol=1e-9, max_iter=5000).fit(scaler.transform(rows), train_labels[few])
    test_rows = scaler.transform(normalize(test_h.astype(float)))

    np.testing.assert_array_equal(probe.predict(test_h), reference.predict(test_rows))
    np.testing.assert_allclose(probe.confidence(test_h), reference.predict_proba(test_rows).max(axis=1), atol=1e-5)
    slopes = probe.weight * scaler.scale_
    expected = reference.coef_ if classes > 2 else np.vstack([-reference.coef_ / 2, reference.coef_ / 2])
    np.testing.assert_allclose(slopes, expected, atol=1e-5)


def test_mean_and_scale_are_folded_into_the_weights():
    # One feature with values 1, 1, 3, 3: mean 2, scale 1. By symmetry the bias in standardised terms is 0, so that in
    # raw terms both logits meet at h = 2.
    h, labels = np.array([[1.0], [1.0], [3.0], [3.0]]), np.array([0, 0, 1, 1])
    probe = fit_probe(h, labels, 2, ProbeSettings(normalize=False))
    left, right = probe.logits(np.array([[2.0]]))[0]
    assert left == pytest.approx(right, abs=1e-6)
    assert probe.predict(np.array([[1.9], [2.1]])).tolist() == [0, 1]


def test_a_row_scaled_is_the_same_image():
    h, labels = separable()
    probe = fit_probe(h, labels, 3)
    np.testing.assert_allclose(probe.logits(1000 * h), probe.logits(h), atol=1e-9)


def test_confidence_is_the_largest_softmax():
    # logits (ln 3, 0): exp gives 3 and 1, so 3 / 4. Classes without images have the logit -inf and probability 0.
    h, labels = separable()
    record = fit_probe(h, labels, 3, ProbeSettings(normalize=False)).record
    probe = LinearProbe(np.array([[np.log(3)], [0.0], [0.0]]), np.array([0.0, 0.0, -np.inf]), record)
    assert probe.confidence(np.array([[1.0]]))[0] == pytest.approx(0.75)


def test_validation_images_and_fit_images_are_disjoint_and_stratified():
    labels = np.repeat([0, 1, 2, 3], [50, 20, 2, 1])
    split = hold_out(labels, 0.1, seed=3)
    assert sorted([*split.fit, *split.validation]) == list(range(73))
    # round(0.1 * 50) = 5, round(0.1 * 20) = 2, at least 1 of 2, none of the class with a single image.
    assert np.bincount(labels[split.validation], minlength=4).tolist() == [5, 2, 1, 0]
    assert not np.array_equal(split.validation, hold_out(labels, 0.1, seed=4).validation)


def test_the_same_seed_gives_the_same_probe(digits):
    train_h, train_labels, *_ = digits
    for settings in RECIPES:
        first, second = (fit_probe(train_h[:300], train_labels[:300], 10, settings) for _ in range(2))
        np.testing.assert_array_equal(first.weight, second.weight)


def test_noise_is_regularised_harder_than_signal(digits):
    train_h, train_labels, *_ = digits
    shuffled = np.random.default_rng(0).permutation(train_labels)
    noise = fit_probe(train_h, shuffled, 10).record
    signal = fit_probe(train_h, train_labels, 10).record
    assert noise.validation_top1 < 0.3 < 0.9 < signal.validation_top1
    assert signal.chosen > min(LogisticRecipe().strengths)


def test_weak_regularisation_is_not_tried_once_it_keeps_falling():
    # All features say the same thing with independent noise: their plain sum, which a strong penalty gives, is the best
    # classifier, and fitting 200 images exactly with 200 features is far from it.
    rng = np.random.default_rng(1)
    labels = np.arange(400) % 2
    h = 0.2 * labels[:, None] + rng.normal(size=(400, 200))
    recipe = LogisticRecipe(strengths=tuple(10.0**power for power in range(-5, 6)))
    record = fit_probe(h, labels, 2, ProbeSettings(validation_share=0.5, normalize=False, fast=recipe)).record
    scores = [top1 for _, top1 in record.tried]
    assert len(scores) < len(recipe.strengths)
    assert max(scores[-2:]) < max(scores)


def test_a_class_with_one_image_and_a_class_with_none():
    h, labels = separable(31)
    labels = np.where(np.arange(31) == 30, 3, labels)  # class 3 has the last image only, class 4 none
    h[30] = [0, 0, 0, 1]
    probe = fit_probe(h, labels, 5, ProbeSettings(fast=LogisticRecipe(strengths=(1.0,))))
    assert probe.record.single_image_classes == (3,)
    assert probe.record.absent_classes == (4,)
    assert probe.predict(h[30:]).tolist() == [3]
    assert probe.logits(h)[:, 4].max() == -np.inf
    assert "One training image only for class 3: used to fit, not to choose." in probe.record.notes
    assert "No training image for class 4: never predicted." in probe.record.notes


def test_nothing_to_choose_with_still_fits():
    probe = fit_probe(np.eye(3), np.arange(3), 3)
    assert probe.predict(np.eye(3)).tolist() == [0, 1, 2]
    assert probe.record.validation_top1 is None
    assert probe.record.validation_images == 0


def test_a_probe_that_did_not_converge_says_so(digits):
    train_h, train_labels, *_ = digits
    settings = ProbeSettings(fast=LogisticRecipe(strengths=(1.0,), max_iterations=3))
    record = fit_probe(train_h, train_labels, 10, settings).record
    assert record.converged is False
    assert record.notes == ("The probe did not converge in 3 iterations; its accuracy is a lower bound.",)


def test_the_best_candidate_at_the_end_of_the_grid_is_told():
    h, labels = separable()
    record = replace(fit_probe(h, labels, 3).record, tried=((0.1, 0.5), (0.3, 0.7), (1.0, 0.6)))
    assert replace(record, chosen=0.3).notes == ()
    for chosen, end in ((0.1, "smallest C tried, 0.1"), (1.0, "largest C tried, 1")):
        assert replace(record, chosen=chosen).notes == (f"The {end}, was the best; one beyond it may do better.",)


@pytest.mark.parametrize("settings", RECIPES, ids=lambda settings: settings.recipe)
def test_a_saved_probe_comes_back_equal(settings: ProbeSettings, tmp_path: Path):
    h, labels = separable()
    probe = fit_probe(h, labels, 4, settings)
    probe.save(tmp_path / "probe.safetensors")
    again = load_probe(tmp_path / "probe.safetensors")
    assert again.record == probe.record
    np.testing.assert_array_equal(again.logits(h), probe.logits(h))


def test_a_memory_mapped_matrix_of_many_blocks_reads_the_same(tmp_path: Path):
    h, labels = separable(20_000)
    np.save(tmp_path / "h.npy", h)
    mapped = np.load(tmp_path / "h.npy", mmap_mode="r")
    probe = fit_probe(mapped, labels, 3, ProbeSettings(fast=LogisticRecipe(strengths=(0.01,))))
    np.testing.assert_array_equal(probe.predict(mapped), probe.predict(h))
    few = fit_probe(mapped[:60], labels[:60], 3, FEW_EPOCHS)
    np.testing.assert_array_equal(few.predict(mapped), few.predict(h))
    one_by_one = np.concatenate([probe.logits(h[i : i + 1]) for i in (0, 8191, 8192, 19_999)])
    np.testing.assert_allclose(probe.logits(mapped)[[0, 8191, 8192, 19_999]], one_by_one, atol=1e-9)


def test_progress_ends_at_its_total():
    h, labels = separable()
    for settings in (*RECIPES, replace(FEW_EPOCHS, paper=SgdRecipe(learning_rates=(1.0,), epochs=3))):
        heard = []
        fit_probe(h, labels, 3, settings, heard.append)
        assert heard[-1].done == heard[-1].total


def test_the_record_travels_as_json_in_the_header(tmp_path: Path):
    h, labels = separable()
    fit_probe(h, labels, 3).save(tmp_path / "probe")
    data = (tmp_path / "probe").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert json.loads(header["__metadata__"]["qscore_probe"])["images"] == 60


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(10), "`labels` should hold one entry per image. Found 10 labels for 12 images."),
        (
            np.array([-1, -1, *range(10)]),
            "`labels` should name a class for every image. Found 2 unlabelled (-1) of 12 images; a linear probe needs "
            "labels: leave these images out or label them.",
        ),
        (np.arange(12) % 3 + 9, "`labels` should lie between 0 and 9 for 10 classes. Found 10."),
        (
            np.full(12, 4),
            "`labels` should hold at least 2 classes for a linear probe. Found only class 4. "
            "Use a split or a data set with more classes.",
        ),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels: np.ndarray, message: str):
    with pytest.raises(RepresentationError) as caught:
        fit_probe(np.ones((12, 5)), labels, 10)
    assert str(caught.value) == message


def test_representations_that_are_not_finite_are_refused():
    h, labels = separable()
    probe = fit_probe(h, labels, 3)
    h[[7, 9], 2] = np.nan, np.inf
    for work in (lambda: fit_probe(h, labels, 3), lambda: probe.predict(h)):
        with pytest.raises(RepresentationError) as caught:
            work()
        assert str(caught.value) == (
            "`representations` should be finite. Found NaN or infinite entries in 2 of 60 images, first in image 7. "
            "Leave these images out or extract them again."
        )


def test_another_encoder_is_refused():
    h, labels = separable()
    with pytest.raises(RepresentationError) as caught:
        fit_probe(h, labels, 3).predict(h[:, :3])
    assert str(caught.value) == (
        "`representations` should have the 4 features this probe was fitted on. Found 3. Fit a probe for this encoder."
    )


def test_sgd_that_diverges_is_refused():
    h, labels = separable()
    settings = replace(FEW_EPOCHS, normalize=False, paper=SgdRecipe(learning_rates=(1e30,), epochs=5))
    with pytest.raises(RepresentationError, match=r"^The probe's weights should stay finite\. .* the recipe `fast`\.$"):
        fit_probe(1e8 * h, labels, 3, settings)


def test_a_file_that_is_no_probe_is_refused(tmp_path: Path):
    (tmp_path / "page.html").write_text("<html>" * 20)
    for name in ("page.html", "missing"):
        with pytest.raises(WorkspaceError) as caught:
            load_probe(tmp_path / name)
        assert str(caught.value) == f"`{tmp_path / name}` should be a saved linear probe, and is not. Fit it again."


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"recipe": "slow"}, "`recipe` should be `fast` or `paper`. Found `slow`."),
        (
            {"validation_share": 0.0},
            "`validation_share` should exceed 0 and be at most 0.5. Found 0.0; 0.1 is usual.",
        ),
        (
            {"fast": LogisticRecipe(strengths=())},
            "The candidates of `fast` should be positive numbers. Found ().",
        ),
    ],
)
def test_settings_out_of_range_are_refused(bad: dict, message: str):
    with pytest.raises(SettingsError) as caught:
        ProbeSettings(**bad)
    assert str(caught.value) == message
