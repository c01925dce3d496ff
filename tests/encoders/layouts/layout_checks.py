"""What every layout has to show."""

import torch
from slim_networks import h_of

from qscore_core.encoders import inspect_checkpoint, load_encoder
from qscore_core.references import parse_reference


def check_layout(written, folder, workspace):
    """Loads to 1e-6 the network that was written, in both roles and both formats of torch.save."""
    path, legacy = folder / "w.pth", folder / "legacy.pth"
    torch.save(written.content, path)
    torch.save(written.content, legacy, _use_new_zipfile_serialization=False)
    check_h(legacy, written.options, written.taken, written.side, workspace)
    encoder = check_h(path, written.options, written.taken, written.side, workspace)
    assert encoder.method == written.method
    if written.other is not None:
        other = "momentum" if written.role == "online" else "online"
        assert encoder.role == written.role
        options = f"{written.options or '?'}&weights={other}".replace("?&", "?")
        assert check_h(path, options, written.other, written.side, workspace).fingerprint != encoder.fingerprint
    check_report(written, path)


def check_h(path, options, network, side, workspace):
    encoder = load_encoder(f"file:{path}{options}", workspace=workspace)
    pixels = torch.rand(2, 3, side, side)
    torch.testing.assert_close(encoder(pixels), h_of(network, pixels), atol=1e-6, rtol=1e-6)
    return encoder


def check_report(written, path):
    report = inspect_checkpoint(path, parse_reference(f"file:x{written.options}", ("file",)).options)
    found = (report.layout, report.method, report.weights, report.preset)
    assert found == (written.title, written.method, written.role, written.preset)
    assert (report.missing, report.unexpected, report.mismatched) == ((), (), ())
    assert len(report.kept) > 15
    assert report.weights_available == (("online", "momentum") if written.other else (written.role,))
