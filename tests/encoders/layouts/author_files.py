"""Files as the methods' authors' own code saves them."""

import argparse

import numpy as np
import torch
from slim_networks import follower, layers, slim50, under, vit
from torch import nn
from written import Written

OPTIMIZER = {"state": {0: {"momentum_buffer": torch.zeros(3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}


def training(state, **more):
    return {"epoch": 200, "arch": "resnet50", "state_dict": state, "optimizer": OPTIMIZER} | more


def swav_flat():
    network = slim50(classes=0)
    head = under("projection_head.", layers(128, 16, 8)) | {"prototypes.weight": torch.randn(12, 8)}
    return Written(under("module.", network.state_dict() | head), network, "SwAV", "swav", preset="swav")


def swav_training():
    written = swav_flat()
    return Written(training(written.content), written.taken, "SwAV", "swav", preset="swav")


def moco_v1():
    return moco(nn.Linear(128, 8), "MoCo v1")


def moco_v2():
    return moco(layers(128, 16, 8, norm=False), "MoCo v2")


def moco(head, title):
    query = slim50(classes=0)
    key = follower(query)
    state = {}
    for name, network in (("encoder_q", query), ("encoder_k", key)):
        state |= under(f"module.{name}.", network) | under(f"module.{name}.fc.", head)
    state |= {"module.queue": nn.functional.normalize(torch.randn(8, 32), dim=0), "module.queue_ptr": torch.tensor([4])}
    return Written(training(state), query, title, "moco", key)


def moco_v3():
    base = slim50(classes=0)
    return moco_v3_of(base, "fc", Written({}, base, "MoCo v3", "moco"))


def moco_v3_vit():
    base = vit(side=224, patch=16, dim=384, heads=12, depth=1)
    return moco_v3_of(base, "head", Written({}, base, "MoCo v3", "moco", preset="moco-v3-vit", side=224))


def moco_v3_of(base, head, written):
    momentum = follower(base)
    width = 128 if head == "fc" else 384
    projector = layers(width, 16, 8, bias=False, last=nn.BatchNorm1d(8, affine=False))
    state = {}
    for name, network in (("base_encoder", base), ("momentum_encoder", momentum)):
        state |= under(f"module.{name}.", network) | under(f"module.{name}.{head}.", projector)
    state |= under("module.predictor.", layers(8, 16, 8, bias=False, last=nn.BatchNorm1d(8, affine=False)))
    content = training(state, scaler={"scale": 65536.0})
    return Written(content, base, written.title, "moco", momentum, preset=written.preset, side=written.side)


def dino_head(dim):
    """A perceptron and a weight-normed last layer."""
    mlp = nn.Sequential(nn.Linear(dim, 16), nn.GELU(), nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 8))
    last = {"last_layer.weight_g": torch.ones(12, 1), "last_layer.weight_v": torch.randn(12, 8)}
    return under("mlp.", mlp) | last


def dino_resnet_full():
    return dino_full(slim50(classes=0), 128, "module.", 64)


def dino_vit_full():
    return dino_full(vit(side=224, patch=16, dim=384, heads=6, depth=1), 384, "", 224)


def dino_full(student, dim, teacher_wrapper, side):
    teacher = follower(student)
    head = dino_head(dim)
    content = {
        "student": under("module.backbone.", student) | under("module.head.", head),
        "teacher": under(f"{teacher_wrapper}backbone.", teacher) | under(f"{teacher_wrapper}head.", head),
        "optimizer": {"state": {}, "param_groups": [{"lr": np.float64(0.1)}]},
        "epoch": 100,
        "args": argparse.Namespace(arch="vit_small", patch_size=16),
        "dino_loss": {"center": torch.randn(1, 12)},
    }
    return Written(
        content, teacher, "DINO, full checkpoint", "dino", student, preset="dino", role="momentum", side=side
    )


def dino_vit_backbone():
    network = vit(side=224, patch=16, dim=384, heads=6, depth=1)
    options = "?preset=dino&method=dino"
    title = "timm Vision Transformer"
    return Written(network.state_dict(), network, title, "dino", options=options, preset="dino", side=224)


def flat_resnet50():
    """DINO's, VICReg's and Barlow Twins' backbone-only files: no fc, nothing that tells them apart."""
    network = slim50(classes=0)
    return Written(network.state_dict(), network, "torchvision", "vicreg", options="?method=vicreg")


def dinov2():
    network = vit(side=70, patch=14, dim=384, heads=6, depth=1, init_values=1.0)
    return dinov2_of(network, network.state_dict())


def dinov2_registers():
    """DINOv2 adds a position to its class token; timm, whose network this is, stores the sum."""
    network = vit(side=70, patch=14, dim=384, heads=6, depth=1, init_values=1.0, reg_tokens=4, no_embed_class=True)
    state = network.state_dict()
    position = torch.randn(1, 1, 384)
    state["register_tokens"] = state.pop("reg_token")
    state["cls_token"] = state["cls_token"] - position
    state["pos_embed"] = torch.cat([position, state["pos_embed"]], dim=1)
    return dinov2_of(network, state)


def dinov2_giant():
    from timm.layers import SwiGLUPacked

    gated = {"mlp_layer": SwiGLUPacked, "act_layer": nn.SiLU, "mlp_ratio": 2.66667 * 2}
    network = vit(side=28, patch=14, dim=384, heads=6, depth=1, init_values=1.0, **gated)
    state = {
        key.replace("mlp.fc1.", "mlp.w12.").replace("mlp.fc2.", "mlp.w3."): tensor
        for key, tensor in network.state_dict().items()
    }
    return dinov2_of(network, state, side=28)


def dinov2_of(network, state, side=70):
    content = state | {"mask_token": torch.zeros(1, 384)}
    options = f"?resize={side}&crop={side}"
    return Written(content, network, "DINOv2", "dinov2", options=options, preset="dinov2", side=side)


def simsiam():
    network = slim50(classes=0)
    projector = simsiam_projector(128)
    state = under("module.encoder.", network) | under("module.encoder.fc.", projector)
    state |= under("module.predictor.", layers(16, 8, 16, bias=False))
    return Written(training(state), network, "SimSiam", "simsiam")


def simsiam_projector(dim, width=16):
    """Its last layer keeps a bias in front of a batch norm without parameters."""
    return layers(dim, width, width, width, bias=False, last=nn.BatchNorm1d(width, affine=False))


def barlow():
    network = slim50(classes=0)
    projector = layers(128, 16, 16, 8, bias=False)
    projector[6].bias = None
    state = under("module.backbone.", network) | under("module.projector.", projector)
    state |= under("module.bn.", nn.BatchNorm1d(8, affine=False))
    content = {"epoch": 1000, "model": state, "optimizer": OPTIMIZER}
    return Written(content, network, "Barlow Twins, full checkpoint", "barlow")


def vicreg():
    network = slim50(classes=0)
    projector = layers(128, 16, 16, 8)
    projector[6].bias = None
    state = under("module.backbone.", network) | under("module.projector.", projector)
    content = {"epoch": 1000, "model": state, "optimizer": OPTIMIZER}
    return Written(content, network, "VICReg, full checkpoint", "vicreg")


AUTHOR_FILES = (
    swav_flat,
    swav_training,
    moco_v1,
    moco_v2,
    moco_v3,
    moco_v3_vit,
    dino_resnet_full,
    dino_vit_full,
    dino_vit_backbone,
    dinov2,
    dinov2_registers,
    dinov2_giant,
    flat_resnet50,
    simsiam,
    barlow,
    vicreg,
)
