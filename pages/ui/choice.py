"""Whose representations of what: encoder, data set and split, chosen in the sidebar or by the address."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui import address, arrival, cached, classroom
from pages.ui.arrival import later
from pages.ui.words import shortened
from qscore_core.encoders.lineage import lineage
from qscore_core.references import completed, parse_reference

HEIGHT = 240  # pixels
BUILT_IN = ("habitats:simclr", "habitats")
ENCODER_HELP = (
    "Choose, or type a reference: file:PATH, torchvision:resnet50/IMAGENET1K_V2, run:ID. The Encoders page finds more."
)
DATA_HELP = "Choose, or type a reference: folder:PATH, table:FILE, torchvision:CIFAR10?root=PATH, features:NAME."


@dataclass(frozen=True)
class Choice:
    """References as typed: encoder, data set, the split that is scored and the one on which D is found."""

    encoder: str
    dataset: str
    split: str
    fit: str

    @property
    def built_in(self) -> bool:
        return (self.encoder, self.dataset) == BUILT_IN

    @property
    def subject(self) -> str:
        return self.dataset if self.dataset.startswith("features:") else f"{self.encoder} on {self.dataset}"


def choose() -> Choice:
    """Draws the choice and returns it. Raises QScoreError for a data set that cannot be opened."""
    address.adopt({"encoder": str, "data": str, "split": str})
    with st.sidebar, arrival.room("choice", HEIGHT):
        if classroom.on():
            st.caption(f":material/school: {classroom.WORDS}")
        encoders = _options("encoder", BUILT_IN[0], known_encoders())
        encoder = later(st.selectbox, "Encoder", encoders, key="encoder", help=ENCODER_HELP, **_told(encoders))
        require_allowed(encoder)
        if origins := [str(origin) for origin in lineage(encoder, cached.workspace())]:
            st.caption(", itself ".join(origins))
        datasets = _options("data", BUILT_IN[1], known_datasets())
        dataset = later(st.selectbox, "Data", datasets, key="data", help=DATA_HELP, **_told(datasets))
        classroom.require(encoder, dataset)
        address.publish({"encoder": encoder, "data": dataset})
        names = _test_first(cached.splits(dataset))
        if st.session_state.get("split") not in names:
            st.session_state["split"] = names[0]
        split = later(st.selectbox, "Scored split", names, key="split")
        address.publish({"split": split})
    return Choice(encoder, dataset, split, "train" if "train" in names else split)


def known_datasets() -> list[str]:
    """References of data that any page may offer."""
    return classroom.offered(cached.dataset_refs(), classroom.DATASETS)


def known_encoders() -> list[str]:
    """References that any page may offer."""
    return classroom.offered([entry.ref for entry in cached.encoders() if entry.available], classroom.ENCODERS)


def require_allowed(encoder: str) -> None:
    """Raises EncoderError for a file outside the folders that this server opens, in a classroom SettingsError."""
    classroom.require(encoder)
    if encoder.startswith("file:"):
        cached.allowed_folders().require(parse_reference(encoder, ("file",)).body)


def _options(key: str, first: str, known: list[str]) -> list[str]:
    """The built-in reference first, then the known ones and the one that the address or the user typed."""
    chosen = st.session_state[key] = completed(st.session_state.get(key, first).strip(), "file")
    return list(dict.fromkeys([first, *known, chosen]))


def _told(refs: list[str]) -> dict[str, Any]:
    """How a list of references reads in the narrow sidebar, and whether it takes others."""
    labels = shortened(refs)
    return {"format_func": lambda ref: labels.get(ref, ref), **typed()}


def typed() -> dict[str, bool]:
    """Whether people may type a reference of their own."""
    return {"accept_new_options": not classroom.on()}


def _test_first(names: tuple[str, ...]) -> list[str]:
    return sorted(names, key=lambda name: (name != "test", name == "train", name))
