"""Vision Transformers with timm's key names, whose normed class token is h, and the way back from a state dict.

timm's VisionTransformer covers DINO, DINOv2 (layer scale, registers, SwiGLU) and MoCo v3 alike; nothing is built here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

from torch import Tensor, nn

MAX_DIM = 8_192
MAX_GRID = 128  # patches along a side; 1,024 pixels in patches of 8
SIZES = {192: "tiny", 384: "small", 768: "base", 1024: "large", 1280: "huge", 1536: "giant"}
USUAL_HEAD_WIDTH = 64


@dataclass(frozen=True)
class ViTShape:
    """All that fixes a ViT; `side` is the input's in pixels, `hidden` the width of the MLPs' first layer.

    `heads` leaves no trace in a state dict: the same tensors fill a network with any number of heads and give other
    representations. `class_position` says that the class token has an entry in the position embedding.
    """

    side: int
    patch: int
    dim: int
    depth: int
    heads: int
    hidden: int
    registers: int = 0
    class_position: bool = True
    layer_scale: bool = False
    gated: bool = False
    qkv_bias: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError for numbers that no network has; they may come from a damaged file."""
        if not 0 < self.dim <= MAX_DIM or not 0 < self.hidden <= 2 * MAX_DIM or self.patch < 1:
            raise ValueError(f"width {self.dim}, hidden width {self.hidden}, patches of {self.patch} pixels")
        if self.heads < 1 or self.dim % self.heads:
            raise ValueError(f"{self.heads} attention heads do not divide {self.dim} features")
        if self.grid > MAX_GRID:
            raise ValueError(f"{self.grid} patches of {self.patch} pixels along a side, more than {MAX_GRID}")
        if self.side % self.patch:
            raise ValueError(f"an input of {self.side} pixels is not made of patches of {self.patch}")

    @property
    def name(self) -> str:
        """`vit_small_patch16`, with the number of heads where it is not the usual one for that width."""
        registers = f"_reg{self.registers}" if self.registers else ""
        heads = "" if self.heads * USUAL_HEAD_WIDTH == self.dim else f"_{self.heads}heads"
        return f"vit_{SIZES.get(self.dim, self.dim)}_patch{self.patch}{registers}{heads}"

    @property
    def grid(self) -> int:
        """Patches along a side of the input."""
        return self.side // self.patch

    def build(self) -> nn.Module:
        # Here, because importing timm takes half a second that ResNets need not pay.
        from timm.layers import SwiGLUPacked
        from timm.models.vision_transformer import VisionTransformer

        gated = {"mlp_layer": SwiGLUPacked, "act_layer": nn.SiLU} if self.gated else {}
        return VisionTransformer(
            img_size=self.side,
            patch_size=self.patch,
            num_classes=0,
            embed_dim=self.dim,
            depth=self.depth,
            num_heads=self.heads,
            mlp_ratio=(self.hidden + 0.5) / self.dim,  # timm rounds down
            qkv_bias=self.qkv_bias,
            init_values=1.0 if self.layer_scale else None,
            reg_tokens=self.registers,
            no_embed_class=not self.class_position,
            **gated,
        )


def shape_of_vit(tensors: Mapping[str, Tensor], side: int, heads: int) -> ViTShape:
    """Reads the rest from tensors that `standard_vit` returned. Raises ValueError for shapes that no ViT has."""
    needed = ("cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.0.mlp.fc1.weight", "blocks.0.mlp.fc2.weight")
    for key in needed:
        if key not in tensors or tensors[key].ndim < 2:
            raise ValueError(f"`{key}` is missing or has no shape of a ViT's")
    dim = tensors["cls_token"].shape[-1]
    hidden = tensors["blocks.0.mlp.fc1.weight"].shape[0]
    return ViTShape(
        side=side,
        patch=tensors["patch_embed.proj.weight"].shape[-1],
        dim=dim,
        depth=len({key.split(".")[1] for key in tensors if key.startswith("blocks.")}),
        heads=heads,
        hidden=hidden,
        registers=tensors["reg_token"].shape[1] if "reg_token" in tensors else 0,
        class_position=_prefix_tokens(tensors["pos_embed"]) == 1,
        layer_scale="blocks.0.ls1.gamma" in tensors,
        gated=tensors["blocks.0.mlp.fc2.weight"].shape[1] * 2 == hidden,
        qkv_bias="blocks.0.attn.qkv.bias" in tensors,
    )


def standard_vit(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same ViT as timm stores it: with registers, the class token's position is part of the token itself.

    Raises ValueError where the tokens have no shapes of tokens.
    """
    standard = dict(tensors)
    _require_tokens(standard)
    position = standard["pos_embed"]
    if "reg_token" in standard and _prefix_tokens(position) == 1:
        standard["cls_token"] = standard["cls_token"] + position[:, :1]
        standard["pos_embed"] = position[:, 1:]
    return standard


def _require_tokens(tensors: Mapping[str, Tensor]) -> None:
    dims = set()
    for key in ("cls_token", "pos_embed", "reg_token"):
        if key in tensors:
            shape = list(tensors[key].shape)
            dims.add(shape[-1] if len(shape) == 3 and shape[0] == 1 else None)
        elif key != "reg_token":
            raise ValueError(f"`{key}` is missing")
    if None in dims or len(dims) > 1:
        raise ValueError("class token, position embedding and registers have no common width")


def resampled(tensors: Mapping[str, Tensor], shape: ViTShape) -> dict[str, Tensor]:
    """The position embedding brought to the grid of the shape's input size, bicubic as in timm."""
    # Here, because importing timm takes half a second that ResNets need not pay.
    from timm.layers import resample_abs_pos_embed

    position = resample_abs_pos_embed(
        tensors["pos_embed"], [shape.grid, shape.grid], num_prefix_tokens=int(shape.class_position)
    )
    return {**tensors, "pos_embed": position}


def stored_side(tensors: Mapping[str, Tensor]) -> int:
    """The input size in pixels that the position embedding was stored for."""
    position = tensors["pos_embed"]
    return isqrt(position.shape[1] - _prefix_tokens(position)) * tensors["patch_embed.proj.weight"].shape[-1]


def _prefix_tokens(position: Tensor) -> int:
    """0 if the position embedding has a square number of entries, 1 if one of them is the class token's."""
    tokens = position.shape[1] if position.ndim == 3 else 0
    for prefix in (0, 1):
        if tokens > prefix and isqrt(tokens - prefix) ** 2 == tokens - prefix:
            return prefix
    raise ValueError(f"a position embedding of shape {list(position.shape)} covers no square of patches")
