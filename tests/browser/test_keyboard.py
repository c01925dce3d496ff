"""Without a mouse: from the start page to a feature, its star, an image and back, and where Tab goes is seen."""

import re

import pytest
from hands import press_until_url_changes, settled
from playwright.sync_api import expect

# What is focused, through the shadow roots of components; how it, what is around and in it looks; and without focus.
HERE = """() => {
  let here = document.activeElement;
  while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  if (!here || here === document.body) return null;
  const name = here.getAttribute('aria-label') || here.labels?.[0]?.innerText || here.innerText || here.alt || '';
  return { name: name.trim().split('\\n').join(' '), tag: here.tagName + '.' + here.className };
}"""
SEEN = """async () => {
  let here = document.activeElement;
  while (here.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  const around = [here, ...here.querySelectorAll('*')];
  for (let up = here.parentElement, n = 0; up && n < 9; up = up.parentElement, n++) around.push(up);
  const drawn = () => here.tagName === 'CANVAS' ? here.toDataURL() : '';  // a table draws the focus of its cells
  const look = () => drawn() + JSON.stringify(around.flatMap((part) => [null, '::before', '::after'].map((pseudo) => {
    const style = getComputedStyle(part, pseudo);
    const line = (side) => style['border' + side + 'Color'] + style['border' + side + 'Width'];
    const outline = style.outlineStyle === 'none' ? '' : style.outlineColor + style.outlineWidth;
    return [outline, style.boxShadow, style.backgroundColor, style.color, style.opacity, line('Top'), line('Left')];
  })));
  const soon = () => new Promise((done) => setTimeout(done, 20));
  let focused = look();
  for (let left = 100, same = 0; left && same < 4; left--) {  // its colours may still be on their way
    await soon();
    const now = look();
    same = now === focused ? same + 1 : 0;
    focused = now;
  }
  const box = here.getBoundingClientRect();
  here.blur();
  let changes = false;
  for (let left = 100; left && !changes; left--) {
    await soon();
    changes = look() !== focused;
  }
  here.focus();
  return changes && box.width > 0 && box.height > 0;
}"""
MOST_STOPS = 90


def tab_to(page, name):
    """Presses Tab until what it reaches is called so; all that lies on the way must show that it has the focus."""
    stops = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            continue
        stops.append(here)
        assert page.evaluate(SEEN), f"The focus is not seen on {here}, stop {len(stops)}."
        if re.search(name, here["name"]):
            return
    raise AssertionError(f"Tab never reached {name}, but {[stop['name'] for stop in stops]}")


def named(page, key):
    """What the address says; a widget may show its first value for a moment longer."""
    return re.search(rf"\b{key}=([^&]+)", page.url).group(1)


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_from_start_to_a_starred_feature_and_an_image_and_back(server, small, page):
    page.goto(f"{server}/?data={small}")
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible()
    settled(page)
    tab_to(page, "Discriminative features$")
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("Fires most strongly").or_(page.get_by_text("All images in which it fires"))
    ).to_be_visible()
    expect(page).to_have_url(re.compile(r"feature=\d+"))
    settled(page)
    first = named(page, "feature")
    press_until_url_changes(page, "ArrowRight")
    second = named(page, "feature")
    assert second != first
    expect(page.get_by_label("Feature", exact=True)).to_have_value(second)
    settled(page)
    press_until_url_changes(page, "ArrowLeft")
    expect(page.get_by_label("Feature", exact=True)).to_have_value(first)
    settled(page)

    tab_to(page, r"Star$|Starred$")
    starred = page.get_by_role("button", name="Starred")
    was = starred.count()
    page.keyboard.press("Enter")
    expect(starred).to_have_count(1 - was)  # the second theme takes the star of the first away again
    settled(page)

    tab_to(page, r"z \d")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/image\?.*image=habitats"))
    expect(page.get_by_alt_text(re.compile("^Heat map of"))).to_be_visible()
    settled(page)
    image, picture = page.url, named(page, "image")
    press_until_url_changes(page, "ArrowRight")
    expect(page.get_by_alt_text(re.compile("^Heat map of"))).to_be_visible()
    assert named(page, "image") != picture
    settled(page)
    press_until_url_changes(page, "ArrowLeft")
    expect(page).to_have_url(image)
    settled(page)
    tab_to(page, "Discriminative features$")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Feature", exact=True)).to_have_value(first)
    expect(page).to_have_url(re.compile(rf"/features\?.*feature={first}(&|$)"))
