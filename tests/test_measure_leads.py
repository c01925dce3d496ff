"""Who is ahead in a table of measures, worked by hand."""

from qscore_core.measure_leads import BEWARE, Lead, leading_part, leads, leads_in_words
from qscore_core.measures import Measure, Measured, MeasureTable


def measure(title, better):
    return Measure(title, "", "share", lambda _: None, better)


TOP1, HEAT, COUNT = measure("top-1", 1), measure("spurious heat", -1), measure("features", 0)


def table(*measures, **cells):
    """`cells` by encoder: a list with (value, low, high), or a value alone, for each measure."""
    found = {
        (one.title, name): Measured(cell[0], cell[1:]) if isinstance(cell, tuple) else Measured(cell)
        for name, row in cells.items()
        for one, cell in zip(measures, row, strict=True)
    }
    return MeasureTable(measures, tuple(cells), found)


def test_more_is_better_and_the_lead_is_clear_when_its_low_end_lies_above_all_other_high_ends():
    # 0.90 > 0.88: clear; without b's gap, 0.85 < 0.86: not clear
    clear = table(TOP1, a=[(0.80, 0.78, 0.82)], b=[(0.92, 0.90, 0.94)], c=[(0.86, 0.84, 0.88)])
    assert list(leads(clear)) == [Lead("top-1", "b", True)]
    unclear = table(TOP1, a=[(0.80, 0.74, 0.86)], b=[(0.88, 0.85, 0.91)])
    assert list(leads(unclear)) == [Lead("top-1", "b", False)]


def test_less_is_better_where_the_measure_says_so():
    # the best is a: its high end -2 lies below b's low end 1
    found = table(HEAT, a=[(-4.0, -6.0, -2.0)], b=[(3.0, 1.0, 5.0)])
    assert list(leads(found)) == [Lead("spurious heat", "a", True)]


def test_what_only_describes_an_encoder_names_no_leader():
    found = table(COUNT, a=[(3.0, 2.0, 4.0)], b=[(9.0, 8.0, 10.0)])
    assert not list(leads(found))
    assert leads_in_words(found) == ""
    assert not leading_part(found).measures


def test_without_an_interval_or_with_a_gap_nothing_is_said():
    assert not list(leads(table(TOP1, a=[0.5], b=[(0.9, 0.8, 1.0)])))
    assert not list(leads(MeasureTable((TOP1,), ("a", "b"), {("top-1", "a"): Measured(0.9, (0.8, 1.0))})))
    assert not list(leads(table(TOP1, a=[(0.9, 0.8, 1.0)])))


def test_the_words_name_leaders_and_what_is_not_clear():
    found = table(TOP1, HEAT, a=[(0.5, 0.4, 0.6), (1.0, 0.0, 2.0)], b=[(0.9, 0.8, 1.0), (1.5, 0.5, 2.5)])
    said = "b is clearly ahead by top-1. By spurious heat none is: intervals overlap. " + BEWARE
    assert leads_in_words(found) == said
