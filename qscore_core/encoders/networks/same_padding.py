"""TensorFlow's SAME padding: at even sizes more of it to the right and below, where PyTorch pads all sides alike."""

from torch import nn


def pad_as_tensorflow(network: nn.Module, *, convolutions: bool) -> None:
    """Exchanges, in place, a network's max-pools (padded with -inf) and, where asked for, its convolutions."""
    # Here, because importing timm takes half a second that only converted TensorFlow weights should pay.
    from timm.layers import Conv2dSame
    from timm.layers.pool2d_same import MaxPool2dSame

    for parent in list(network.modules()):
        for name, layer in parent.named_children():
            if isinstance(layer, nn.MaxPool2d):
                setattr(parent, name, MaxPool2dSame(layer.kernel_size, layer.stride))
            elif convolutions and isinstance(layer, nn.Conv2d) and layer.kernel_size != (1, 1):
                bias = layer.bias is not None
                sizes = (layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride)
                setattr(parent, name, Conv2dSame(*sizes, groups=layer.groups, bias=bias))
