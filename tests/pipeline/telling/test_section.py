"""A part of a page with all that it leaves beside the page."""

import pandas as pd
import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from pipeline.telling.section import Section, files_of


def undone(*sentences, **more):
    values = {"left_out": sentences}
    return Section(template="undone.html", values=values, anchors={"undone": "What was not done"}, **more)


def test_its_part_of_the_page_is_its_template_with_its_values_escaped():
    html = undone("No <other> seeds.").html
    assert isinstance(html, Markup), "the page must not escape it again"
    assert 'id="undone"' in html
    assert "No &lt;other&gt; seeds." in html


def test_a_value_that_its_template_needs_is_not_made_up():
    section = Section(template="undone.html", values={}, anchors={})
    with pytest.raises(UndefinedError, match="left_out"):
        _ = section.html


def test_tables_are_files_with_every_digit_and_pages_as_they_are():
    table = pd.DataFrame({"name": ["a, b"], "value": [0.1 + 0.2]})
    section = undone(tables={"table.csv": table}, pages={"own.html": "<p>own</p>"})
    assert section.files == {"table.csv": 'name,value\n"a, b",0.30000000000000004\n', "own.html": "<p>own</p>"}


def test_the_files_of_several_sections_are_those_of_each():
    sections = [undone(pages={"one.html": "1"}), undone(), undone(pages={"two.html": "2"})]
    assert files_of(sections) == {"one.html": "1", "two.html": "2"}
    assert files_of([]) == {}
