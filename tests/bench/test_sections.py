from bench.sections import APP, write_app, write_first


def test_each_part_is_written_again_without_the_other(tmp_path):
    page = tmp_path / "page.md"
    write_first(page, "# Page\n\nold\n")
    write_app(page, f"{APP}\n\nslow\n")
    write_first(page, "# Page\n\nnew\n")
    assert page.read_text() == f"# Page\n\nnew\n\n{APP}\n\nslow\n"
    write_app(page, f"{APP}\n\nfast\n")
    assert page.read_text() == f"# Page\n\nnew\n\n{APP}\n\nfast\n"
