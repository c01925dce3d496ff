"""The published encoders as data: every row can be referred to, and says what nobody checked."""

import pytest

from qscore_core.encoders.catalog import published_encoders, read_catalog
from qscore_core.encoders.catalog_scheme import with_row_options
from qscore_core.encoders.load import SCHEMES
from qscore_core.encoders.networks.resnet import CIFAR_STEM, ResNetShape
from qscore_core.encoders.networks.vit import ViTShape
from qscore_core.encoders.options import FILE_OPTIONS
from qscore_core.encoders.presets import PRESETS
from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.objectives import METHODS
from qscore_core.references import parse_reference

CATALOG = published_encoders()
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
UNSCALED = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

# codebase -> normalisation, resize, crop, interpolation, TF-same padding: what its own linear evaluation does
FACTS = {
    "facebookresearch/swav": ((IMAGENET[0], (0.228, 0.224, 0.225)), 256, 224, "bilinear", "none"),
    "facebookresearch/moco": (IMAGENET, 256, 224, "bilinear", "none"),
    "facebookresearch/moco-v3": (IMAGENET, 256, 224, "bilinear", "none"),
    "facebookresearch/dino": (IMAGENET, 256, 224, "bicubic", "none"),
    "facebookresearch/dinov2": (IMAGENET, 256, 224, "bicubic", "none"),
    "facebookresearch/simsiam": (IMAGENET, 256, 224, "bilinear", "none"),
    "facebookresearch/vicreg": (IMAGENET, 256, 224, "bilinear", "none"),
    "facebookresearch/barlowtwins": (IMAGENET, 256, 224, "bilinear", "none"),
    "lightly-ai/lightly": (IMAGENET, 256, 224, "bilinear", "none"),
    "facebookresearch/vissl": (IMAGENET, 256, 224, "bilinear", "none"),
    "open-mmlab/mmselfsup": (IMAGENET, 256, 224, "bilinear", "none"),
    "Spijkervet/SimCLR": (UNSCALED, 96, 96, "bilinear", "none"),
    "tonylins/simclr-converter": (UNSCALED, 256, 256, "bilinear", "none"),
    "Separius/SimCLRv2-Pytorch": (UNSCALED, 256, 224, "bilinear", "none"),
    "deepmind/byol, converted with chigur/byol-convert": (IMAGENET, 256, 224, "bicubic", "all"),
    "yaox12/BYOL-PyTorch": (IMAGENET, 256, 224, "bilinear", "none"),
}

BOTTLENECKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 200: (3, 24, 36, 3)}
VITS = {"small": (384, 6, 12), "base": (768, 12, 12), "large": (1024, 16, 24), "giant": (1536, 24, 40)}


def shape_named(arch):
    """The network that a row means, worked out from its name by hand."""
    if arch.startswith("vit_"):
        _, size, patch, *more = arch.split("_")
        dim, heads, depth = VITS[size]
        registers = 4 if "reg4" in more else 0
        return ViTShape(
            side=224,
            patch=int(patch.removeprefix("patch")),
            dim=dim,
            depth=depth,
            heads=12 if "12heads" in more else heads,
            hidden=4 * dim,
            registers=registers,
        )
    stem = {"stem": CIFAR_STEM} if arch.endswith("-cifar-stem") else {}
    depth, _, width = arch.removesuffix("-cifar-stem").removeprefix("resnet").partition("-w")
    times = int(width or 1)
    planes = tuple(times * planes for planes in (64, 128, 256, 512))
    kind = ("basic", (2, 2, 2, 2)) if depth == "18" else ("bottleneck", BOTTLENECKS[int(depth)])
    return ResNetShape(*kind, planes=planes, stem_planes=64 * times, **stem)


def test_names_are_unique_and_found():
    assert len(CATALOG.entries) > 100
    for entry in CATALOG.entries:
        assert CATALOG.find(entry.name) is entry


@pytest.mark.parametrize("entry", CATALOG.entries, ids=lambda entry: entry.name)
def test_every_row_is_complete(entry):
    reference = parse_reference(entry.ref, tuple(SCHEMES))
    assert (reference.scheme, reference.body) == ("catalog", entry.name)
    with_row_options(reference, entry).require_options(FILE_OPTIONS)
    assert entry.method in {*METHODS, "dinov2"}
    shape = shape_named(entry.arch)
    assert (shape.name, shape.dim) == (entry.arch, entry.dim)
    assert entry.address.startswith("https://") or entry.bring
    assert entry.unverified
    assert entry.reported is not None or any(
        "o linear accuracy" in said or "No accuracy" in said for said in entry.unverified
    )
    if entry.reported:
        assert 50 < entry.reported.top1 < 100
    if entry.arch.startswith("vit_"):
        heads = int(entry.options.get("heads", 0)) or PRESETS[entry.preset].heads(entry.dim)
        assert heads == shape.heads


@pytest.mark.parametrize("entry", CATALOG.entries, ids=lambda entry: entry.name)
def test_every_preset_is_what_the_codebase_does(entry):
    preset = PRESETS[entry.preset]
    if entry.codebase in FACTS:
        transform = preset.transform
        found = (
            (transform.mean, transform.std),
            transform.resize,
            transform.crop,
            transform.interpolation,
            preset.same,
        )
        assert found == FACTS[entry.codebase]
    if "cifar" in entry.name:
        assert preset.transform.crop == preset.transform.resize == 32
        assert preset.stem_padding == (2 if entry.codebase == "vturrisi/solo-learn" else None)


def test_all_eight_methods_can_be_had():
    for method in METHODS:
        assert any(entry.address for entry in CATALOG.search(method=method)), method


def test_search_takes_every_word_the_method_and_the_architecture():
    assert [entry.name for entry in CATALOG.search("800 epochs vissl", "simclr")] == ["vissl/simclr_rn50_800ep"]
    assert {entry.method for entry in CATALOG.search(method="byol")} == {"byol"}
    assert {entry.arch for entry in CATALOG.search(arch="vit_base_patch8")} == {"vit_base_patch8"}
    assert CATALOG.search("no such thing") == ()
    assert CATALOG.search() == CATALOG.entries


def test_a_mistyped_name_gets_the_nearest_ones():
    with pytest.raises(BadReferenceError) as caught:
        CATALOG.find("swav/swav_800_pretrain")
    assert "has no encoder `swav/swav_800_pretrain`. Did you mean `catalog:swav/swav_800ep_pretrain`" in str(
        caught.value
    )
    with pytest.raises(BadReferenceError, match="The verb `encoders` lists all of them"):
        CATALOG.find("???")


ROW = """[[release]]
codebase = "a/b"
page = "https://a"
root = "https://a/"
licence = "MIT"
preset = "imagenet"
method = "moco"
arch = "resnet50"
dim = 2048
rows = [ {row} ]
"""


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{ name = "a/x", title = "X", file = "x", top = 3 }', "Catalog row `a/x` has the unknown field `top`."),
        (
            '{ name = "a/x", title = "X", file = "x", top1 = 3 }',
            "row `a/x` should say its `dataset` as text. Found None",
        ),
        ('{ name = "a/x", file = "x" }', "Catalog row `a/x` should say its `title` as text. Found None."),
        (
            '{ name = "a/x", title = "X", file = "x", dim = "r" }',
            "row `a/x` should say its `dim`, a whole number. Found 'r'",
        ),
        ('{ name = "a/x", title = "X" }', "row `a/x` should have `root` and `file`, or say under `bring` where it is"),
        ('{ name = "a", title = "X", file = "x" }, { name = "a", title = "X", file = "x" }', "`a` stands there twice"),
    ],
)
def test_a_mistake_in_the_data_names_the_row(tmp_path, row, message):
    path = tmp_path / "catalog.toml"
    path.write_text(ROW.replace("{row}", row))
    with pytest.raises(EncoderError) as caught:
        read_catalog(path)
    assert message in str(caught.value)


def test_a_data_file_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "catalog.toml"
    path.write_text("[[release")
    with pytest.raises(EncoderError, match=r"The catalog `.*catalog\.toml` cannot be read"):
        read_catalog(path)
