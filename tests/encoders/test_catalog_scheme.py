"""`catalog:NAME` loads once the file is there, as the row says it is to be read."""

import pytest
import torch
from encoder_files import torchvision_network
from torch import nn

from qscore_core.encoders import known_encoders, load_encoder, search_encoders
from qscore_core.encoders.catalog import adopt, published_encoders
from qscore_core.encoders.transform import IMAGENET_MEAN
from qscore_core.errors import BadReferenceError, EncoderError

NAME = "swav/swav_800ep_pretrain"


@pytest.fixture
def network(workspace, tmp_path):
    """A ResNet-50 whose SwAV file the user has brought."""
    network = torchvision_network("resnet50")
    network.fc = nn.Identity()
    tensors = {f"module.{key}": value for key, value in network.state_dict().items()}
    tensors |= {"module.projection_head.0.weight": torch.zeros(8, 2048), "module.prototypes.weight": torch.zeros(4, 8)}
    torch.save(tensors, tmp_path / "mine.pth.tar")
    adopt(published_encoders().find(NAME), tmp_path / "mine.pth.tar", workspace)
    return network


def test_it_loads_as_its_row_says(network, workspace):
    encoder = load_encoder(f"catalog:{NAME}", workspace=workspace)
    assert (encoder.arch, encoder.method, encoder.dim) == ("resnet50", "swav", 2048)
    assert (encoder.transform.mean, encoder.transform.std) == (IMAGENET_MEAN, (0.228, 0.224, 0.225))
    pixels = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected = network.to(memory_format=torch.channels_last)(pixels)  # another order of sums gives 1e-6 more
        assert (encoder(pixels) - expected).abs().max() < 1e-6 * expected.abs().max()
    overridden = load_encoder(f"catalog:{NAME}?preset=imagenet&crop=192", workspace=workspace)
    assert (overridden.transform.std[0], overridden.transform.crop) == (0.229, 192)
    entry = next(entry for entry in known_encoders(workspace) if entry.ref == f"catalog:{NAME}")
    assert entry.available


def test_without_the_file_it_says_how_to_get_it(workspace):
    with pytest.raises(EncoderError) as caught:
        load_encoder(f"catalog:{NAME}", workspace=workspace)
    assert str(caught.value) == (
        f"`catalog:{NAME}` is not in the workspace yet. Fetch it with `python -m qscore_core fetch {NAME}` or on the "
        "Encoders page; if you have the file, add `--file PATH`."
    )
    with pytest.raises(
        EncoderError, match=r"it has no address to download from\. .* fetch tonylins/resnet50-1x --file"
    ):
        load_encoder("catalog:tonylins/resnet50-1x", workspace=workspace)
    with pytest.raises(BadReferenceError, match="unknown option `colour`"):
        load_encoder(f"catalog:{NAME}?colour=red", workspace=workspace)


def test_the_list_of_encoders_can_be_searched(workspace):
    found = search_encoders(workspace, "vissl 800 epochs", "simclr")
    assert [entry.ref for entry in found] == ["catalog:vissl/simclr_rn50_800ep"]
    assert not found[0].available
    assert found[0].about == "SimCLR by VISSL, 800 epochs; linear top-1 69.68 % on ImageNet-1k; MIT"
    about = search_encoders(workspace, "tonylins/resnet50-1x")[0].about
    assert about.endswith("bring the file yourself")
    assert {entry.method for entry in search_encoders(workspace, method="supervised")} == {"supervised"}
