import pytest
from hypothesis import given
from hypothesis import strategies as st

from qscore_core.errors import BadReferenceError
from qscore_core.references import Reference, completed, parse_reference

SCHEMES = ("habitats", "file", "torchvision")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("habitats", Reference("habitats")),
        ("habitats:simclr", Reference("habitats", "simclr")),
        (
            "file:/a b/c:d.pth?stem=cifar&padding=2",
            Reference("file", "/a b/c:d.pth", {"stem": "cifar", "padding": "2"}),
        ),
        (
            "torchvision:CIFAR10?root=/data/x&download=",
            Reference("torchvision", "CIFAR10", {"root": "/data/x", "download": ""}),
        ),
    ],
)
def test_parsed(text, expected):
    assert parse_reference(text, SCHEMES) == expected


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=20)


@given(TEXT.filter(lambda body: "?" not in body), st.dictionaries(TEXT.filter(bool), TEXT, max_size=3))
def test_the_text_of_a_reference_parses_to_itself(body, options):
    reference = Reference("file", body, options)
    assert parse_reference(str(reference), SCHEMES) == reference


@pytest.mark.parametrize("text", ["resnet50", "", ":x", "Habitats", "catalog:swav"])
def test_an_unknown_scheme_names_the_known_ones(text):
    with pytest.raises(BadReferenceError) as caught:
        parse_reference(text, SCHEMES)
    expected = f"Reference `{text}` should start with one of `habitats:`, `file:`, `torchvision:`. "
    assert str(caught.value) == expected + f"Found `{text.partition(':')[0]}`."


def test_a_mistyped_option_is_refused():
    reference = parse_reference("file:x.pth?stemm=cifar", SCHEMES)
    reference.require_options({"stemm"})
    with pytest.raises(BadReferenceError) as caught:
        reference.require_options({"stem", "padding"})
    expected = "Reference `file:x.pth?stemm=cifar` has the unknown option `stemm`. Known for `file:` padding, stem."
    assert str(caught.value) == expected
    with pytest.raises(BadReferenceError, match=r"Known for `file:` none\."):
        reference.require_options(set())


def test_a_bare_path_that_exists_becomes_a_reference(tmp_path):
    (tmp_path / "rows.csv").touch()
    (tmp_path / "net.pth").touch()
    assert completed(str(tmp_path), "file") == f"folder:{tmp_path}"
    assert completed(f"{tmp_path}/rows.csv", "file") == f"table:{tmp_path}/rows.csv"
    assert completed(f"{tmp_path}/net.pth", "file") == f"file:{tmp_path}/net.pth"


@pytest.mark.parametrize(
    "text", ["habitats", "tests", "folder:/somewhere", "/no/such/place", "a\0/b", "~nobody-here/x", "x/" * 5000]
)
def test_what_is_no_path_stays_as_it_was_typed(text):
    assert completed(text, "file") == text
