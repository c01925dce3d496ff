"""The choice of Trust: by hand on made-up records, and the committed records against the signals that are in use."""

import pytest

from bench.choose_trust import CHOOSES, FOLDER, _read, candidates, chosen, outcome
from qscore_core.signals.catalogue import TRUSTED


def made_up(**gains):
    """Records in which `a+b` and `c` lead Q by so much on each encoder that chooses."""
    records = {}
    for name, (together, alone) in zip(CHOOSES, gains.values(), strict=True):
        values = {"q_score": 0.5, "a+b": 0.5 + together, "c": 0.5 + alone}
        records[name] = {"name": name, "images": 9, "validation": values, "test": values}
    return records


def test_the_worst_encoder_decides_and_of_equals_the_simpler_one_wins():
    assert chosen(made_up(x=(0.03, 0.30), y=(0.03, 0.30), z=(0.03, 0.02))) == "a+b"
    assert chosen(made_up(x=(0.03, 0.03), y=(0.05, 0.30), z=(0.04, 0.03))) == "c"


def test_candidates_are_all_mean_ranks_of_one_to_four():
    assert len(candidates()) == 10 + 45 + 120 + 210


@pytest.mark.skipif(not list(FOLDER.glob("trust-*.json")), reason="no records")
def test_trust_is_what_the_committed_records_choose():
    records = {found["name"]: found for found in map(_read, FOLDER.glob("trust-*.json"))}
    assert set(chosen(records).split("+")) == set(TRUSTED)
    assert ", ".join(TRUSTED) in outcome(records)
