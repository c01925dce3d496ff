"""What a comparison says beyond single images: disagreement, classes, representations, features that match."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cached, compare_cached, compare_selection
from pages.ui.compare_choice import Compared
from pages.ui.gallery import Card, gallery
from pages.ui.pictures import offer_pictures, picture_address
from pages.ui.plots import draw
from qscore_core import comparison_figures as figures
from qscore_core.comparison import (
    Comparison,
    Pair,
    best_matches,
    matches,
    most_disagreed,
    pair_table,
    pairs_of,
    rank_agreement,
)
from qscore_core.workspace import digest_of

LISTED = 12
MATCHES = 5
STRONGEST = 6
PERCENT = {"accuracy": True, "Q": False}


def disagreement(found: Comparison, pair: Pair, chosen: Compared) -> None:
    """The images on whose rank A and B differ most, both ways."""
    table = pair_table(found, pair)
    a, b = found.q(pair.first), found.q(pair.second)
    st.caption(f"Of all {found.shared.images:,} images, whatever is chosen above.")
    left, right = st.columns(2, gap="large")
    for column, name, places in (
        (left, "A", most_disagreed(a, b, LISTED)),
        (right, "B", most_disagreed(b, a, LISTED)),
    ):
        with column:
            st.markdown(f"**Low for {name} alone**: largest difference of rank first")
            if len(places):
                compare_selection.show(chosen, pair, table.iloc[places], key=f"low_for_{name}", cell=96)
            else:
                st.caption(f"{name} ranks no image lower.")


def classes(found: Comparison, pair: Pair, chosen: Compared) -> None:
    """Class by class, with paired intervals."""
    if not any(found.class_names()):
        st.info("Classes need labels, and this split has none.")
        return
    offered = [what for what in PERCENT if what == "Q" or found.judged]
    address.adopt({"class_of": address.one_of(*offered)})
    if st.session_state.get("class_of") not in offered:
        st.session_state["class_of"] = offered[0]
    what = st.segmented_control("Difference of", offered, required=True, key="class_of")
    address.publish({"class_of": what})
    table = compare_cached.classes(found, pair.first, pair.second, what, chosen)
    figure = figures.class_intervals(table, "A", "B", what, percent=PERCENT[what])
    draw(figure, key="class_differences", alt=f"Difference of {what} between A and B in each class")
    st.caption(
        "95 % intervals: bootstrap over the images of a class, 1,000 resamples, both encoders drawn together. "
        f"{'The 30 classes with the largest difference.' if len(table) > figures.MOST_CLASSES + 1 else ''}"
    )


def representations(found: Comparison) -> None:
    """CKA of all pairs, and how their rankings by Q correlate."""
    which = st.segmented_control("Of", ["linear CKA", "rank correlation of Q"], required=True, default="linear CKA")
    of_features = which == "linear CKA"
    values = np.eye(len(found.refs))
    for first, second in pairs_of(found):
        value = _cka(found, first, second) if of_features else _spearman(found, first, second)
        i, j = found.refs.index(first), found.refs.index(second)
        values[i, j] = values[j, i] = np.nan if value is None else value
    draw(
        figures.similarity_matrix(found.refs, values, "CKA" if of_features else "ρ"),
        key="similarity",
        alt=f"{which} of every two encoders",
    )
    st.caption(
        "Linear CKA of the unit rows, unbiased (HSIC1; arXiv 1905.00414, 2010.15327): 1 is the same geometry up to "
        "rotation, 0 none in common."
        if of_features
        else "Spearman's ρ of Q over the shared images: 1 is the same order, 0 none in common."
    )


def _cka(found: Comparison, first: str, second: str) -> float | None:
    return compare_cached.similarity(found, first, second).cka.unbiased


def _spearman(found: Comparison, first: str, second: str) -> float | None:
    return rank_agreement(found.q(first), found.q(second)).spearman


def features(found: Comparison, pair: Pair, chosen: Compared) -> None:
    """A feature of A, what goes with it in B, and the images in which both fire most."""
    held = np.asarray(compare_cached.turned(found, pair.first, pair.second).correlations)
    feature = _choose_feature(found, pair, held)
    found_matches = best_matches(held, feature, MATCHES)
    state = st.session_state
    partners = [number for number, _ in found_matches]
    words = {number: f"{number} (r {value:.2f})" for number, value in found_matches}
    if state.get("partner") not in partners:
        state["partner"] = partners[0]
    partner = st.segmented_control(
        f"Best matches of A's feature {feature} in B", partners, required=True, key="partner", format_func=words.get
    )
    left, right = st.columns(2, gap="large")
    for column, name, ref, number in ((left, "A", pair.first, feature), (right, "B", pair.second, partner)):
        with column:
            _strongest(found, chosen, (name, ref), number)
    st.caption(
        "Pearson correlation over the shared images of the unit rows' features (arXiv 1511.07543); on average a "
        f"feature of A has its best match in B at r {pair.matched:.2f}, and {pair.mutual:.0%} of them are mutual."
    )


def _choose_feature(found: Comparison, pair: Pair, held: np.ndarray) -> int:
    """By number, or from the table of A's discriminative features, best matched first."""
    state = st.session_state
    table = _match_table(f"{pair.first} {pair.second} {digest_of(found.shared.ids)}", held)
    inside = found.member(pair.first).analysis.features.discriminative
    listed = table[inside].sort_values("correlation", ascending=False)
    address.adopt({"match_of": lambda text: int(address.between(0, len(held) - 1)(text))})
    if not 0 <= state.get("match_of", -1) < len(held):
        state["match_of"] = int(listed["feature"].iloc[0]) if len(listed) else 0
    number, export = st.columns([1.4, 5], vertical_alignment="bottom")
    feature = number.number_input("Feature of A", 0, len(held) - 1, step=1, key="match_of")
    csv = table.assign(discriminative=inside).to_csv(index=False)
    export.download_button("Export matches", csv, "matches.csv", "text/csv", icon=":material/download:")
    address.publish({"match_of": feature})
    return int(feature)


@st.cache_data(max_entries=16, show_spinner="Matching features")
def _match_table(key: str, _correlations: np.ndarray) -> pd.DataFrame:
    del key
    return matches(_correlations).table()


def _strongest(found: Comparison, chosen: Compared, who: tuple[str, str], feature: int) -> None:
    name, ref = who
    analysis = found.member(ref).analysis
    inside = "discriminative" if analysis.features.discriminative[feature] else "not discriminative"
    st.markdown(f"**{name}: feature {feature}**, {inside}, fires in {analysis.features.rates[feature]:.1f} %")
    images, z = analysis.index.images_of(feature)
    order = np.argsort(-z, kind="stable")[:STRONGEST]
    if not len(order):
        st.caption("In no image of this split does this feature stand out (z above 2).")
        return
    dataset = cached.dataset(chosen.dataset, chosen.split)
    offer_pictures(dataset)
    rows = pd.Series(range(len(dataset)), index=dataset.table["id"].astype(str))
    names = analysis.target.class_names()
    ids = analysis.target.table["id"].astype(str).to_numpy()
    shown = [
        Card(ids[i], picture_address(dataset, int(rows[ids[i]])), names[i] or ids[i], f"z {strength:.1f}", ids[i])
        for i, strength in zip(images[order], z[order], strict=True)
    ]
    gallery(shown, key=f"strongest_{name}", cell=88, on_pick=lambda image: compare_selection.pick(image, ref))
