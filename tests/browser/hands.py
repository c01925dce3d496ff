"""What hands and eyes do in every test: wait until a page rests, and note what it complains of."""

import re

from playwright.sync_api import TimeoutError, expect

RESTS_MS = 300  # a click needs as long to reach the server: until then the page still looks at rest


def settled(page):
    """Waits until the page's script has run and its controls answer."""
    page.wait_for_timeout(RESTS_MS)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def choose(page, label, option):
    """A run of the page that ends meanwhile closes an open list: then it is opened again."""
    wanted = page.get_by_role("option", name=option).first
    for _ in range(5):
        page.get_by_role("combobox", name=label, exact=True).click()
        try:
            wanted.click(timeout=4_000)
        except TimeoutError:
            page.keyboard.press("Escape")
            continue
        return settled(page)
    raise AssertionError(f"The list `{label}` never offered `{option}`.")


def told_by(page, server):
    """A list that grows by every error, failed request and request to another host, which is cut off."""
    told = []

    def only_here(route):
        if not route.request.url.startswith((server, "data:", "blob:")):
            told.append(f"asked {route.request.url}")
            return route.abort()
        return route.continue_()

    page.context.route("**/*", only_here)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda line: line.type == "error" and told.append(line.text))
    page.on("response", lambda answer: answer.status >= 400 and told.append(f"{answer.status} {answer.url}"))
    page.on("websocket", lambda socket: server in socket.url.replace("ws", "http", 1) or told.append(socket.url))
    return told


def press_until_url_changes(page, key, tries=5):
    """A key pressed while the first run still settles can be lost, as for a person; pressing again must do."""
    before = page.url
    for _ in range(tries):
        page.keyboard.press(key)
        try:
            return expect(page).not_to_have_url(before, timeout=10_000)  # on a busy machine a page may take so long
        except AssertionError:
            continue
    raise AssertionError(f"{key} did not change {before}")


def draw_around(page, corners):
    """Draws a line on the plot with the mouse; corners in shares of its width and height."""
    canvas = page.locator(".plane canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    first, *others = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


def compared(server, page, refs, data):
    """The page that compares these encoders on 80 images; the button makes what is not there yet."""
    page.goto(f"{server}/compare?data={data}&compared={','.join(refs)}")
    button, told = page.get_by_role("button", name="Compare these encoders"), page.get_by_text(re.compile("80 images$"))
    button.or_(told).first.wait_for()
    if button.is_visible():
        button.click()
    expect(page.get_by_text("80 of 80 images", exact=True)).to_be_visible(timeout=280_000)
