"""The walk used as a teacher and a student use it: by keys, by mouse, by touch, at a phone's width, in Chromium."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest

from pipeline.lecture.walk_page import walk_page
from pipeline.lecture.walks import EXAMPLE_8
from pipeline.lecture.working import backpropagation_by_hand as by_hand

USED = """{
const told = {}, text = (id) => document.getElementById(id).textContent;
const key = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const press = (id) => document.getElementById(id).click();
const point = (kind, target, x, type) => target.dispatchEvent(
  new PointerEvent(kind, { clientX: x, clientY: 50, bubbles: true, cancelable: true, pointerType: type }));
told.width = innerWidth;
told.overflow = document.documentElement.scrollWidth - innerWidth;
const written_small = [...document.querySelectorAll("#drawing text")].map((one) => one.getBoundingClientRect().height);
told.small = Math.min(...written_small);
told.first = location.hash;
key("ArrowRight"); key("ArrowRight"); told.right = location.hash;
key("ArrowLeft"); told.left = location.hash;
key("End"); told.end = [location.hash, text("where")]; key("ArrowRight"); told.after = text("where");
told.updated = givens; key("ArrowLeft"); told.undone = { ...givens };
key("Home"); press("hundred"); told.course = text("course"); told.error = values().E_total;
key("r"); told.reset = { ...givens };
const slope = walk.program.findIndex((line) => line.name === "dE_dw5");
while (at <= slope) key("ArrowRight");
key("c"); told.quotient = text("check"); told.slope = values().dE_dw5;
told.verdict = document.getElementById("printed").className;
const input = document.querySelector('[data-input="w5"]');
input.value = "0.9"; input.dispatchEvent(new Event("input", { bubbles: true }));
told.typed = givens.w5; told.address = location.hash;
point("pointerdown", document.querySelector('#givens [data-given="w1"]'), 100, "mouse");
point("pointermove", document.body, 130, "mouse"); point("pointerup", document.body, 130, "mouse");
told.dragged = givens.w1;
const before = at; point("pointerdown", document.getElementById("drawing"), 300, "touch");
point("pointerup", document.getElementById("drawing"), 200, "touch"); told.swiped = at - before;
key("1"); told.tab = walk.name;
key(String(WALKS.findIndex((one) => one.name === "descent") + 1));
told.presets = [...document.querySelectorAll("#presets button")].length;
document.querySelectorAll("#presets button")[PRESETS.findIndex((one) => one[0] === "diverges")].click();
press("hundred"); told.diverged = text("course");
const pre = document.createElement("pre"); pre.id = "told";
pre.textContent = JSON.stringify(told); document.body.append(pre);
}"""


FRAMED = """<body><iframe src="walk.html#example8/1" width="{}" height="{}" style="border: 0"></iframe><script>
addEventListener("load", () => document.body.append(
  document.querySelector("iframe").contentDocument.getElementById("told").cloneNode(true)));
</script></body>"""
"""Chromium's own window is never narrower than 500 pixels."""


@pytest.fixture(scope="module", params=[(390, 844), (1920, 1080)], ids=["phone", "projector"])
def told(request, tmp_path_factory, lecture_checks):
    """What the page shows while it is used."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed: the walk was not used")
    folder = tmp_path_factory.mktemp("walk")
    page = walk_page(lecture_checks).replace("</body>", f"<script>{USED}</script></body>")
    (folder / "walk.html").write_text(page, encoding="utf-8")
    (folder / "framed.html").write_text(FRAMED.format(*request.param), encoding="utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--window-size=2000,1200", "--allow-file-access-from-files", "--virtual-time-budget=10000"]
    command += ["--dump-dom", f"file://{folder / 'framed.html'}"]
    dom = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found = re.search(r'<pre id="told">(.*?)</pre>', dom, flags=re.S)
    assert found, dom[-2000:]
    return json.loads(unescape(found[1]))


def test_nothing_is_wider_than_the_screen_and_all_can_be_read(told):
    assert told["width"] in (390, 1920)
    assert told["overflow"] <= 0
    assert told["small"] > 9


def test_arrow_keys_go_one_step_and_back(told):
    assert [told["first"], told["right"], told["left"]] == ["#example8/1", "#example8/3", "#example8/2"]


def test_beyond_the_last_step_stands_the_first_of_the_next_update_and_back_undoes_it(told):
    assert "update 1" in told["end"][1]
    assert "step 1 of" in told["after"]
    assert "update 2" in told["after"]
    by_hand_after = by_hand.example_8(EXAMPLE_8.givens)
    for name in ("w1", "w5", "w8"):
        assert told["updated"][name] == pytest.approx(by_hand_after[f"{name}_new"], abs=1e-12)
    assert told["undone"] == told["reset"] == dict(EXAMPLE_8.givens)


def test_a_hundred_updates_bring_the_error_down(told):
    assert "in 100 updates" in told["course"]
    assert told["error"] < 0.1 * by_hand.example_8(EXAMPLE_8.givens)["E_total"]


def test_the_difference_quotient_is_the_slope_and_the_printed_number_has_its_verdict(told):
    (found,) = re.findall(r"by (−?[\d.]+) for", told["quotient"])
    assert float(found.replace("−", "-")) == pytest.approx(told["slope"], abs=1e-6)
    assert told["verdict"] in ("agrees", "misprint")


def test_numbers_are_typed_and_dragged_and_stand_in_the_address(told):
    assert told["typed"] == 0.9
    assert "w5=0.9" in told["address"]
    assert told["dragged"] == pytest.approx(EXAMPLE_8.givens["w1"] + 0.3)


def test_a_swipe_goes_a_step_and_a_number_goes_to_an_example(told):
    assert told["swiped"] == 1
    assert told["tab"] != "example8"


def test_the_ball_rolls_by_presets_and_diverges(told):
    assert told["presets"] == 5
    assert told["diverged"]
