"""The lecture's page: complete, in order, honest, and alone."""

import inspect
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from experiments.language.printed import Formula
from experiments.lecture import EXAMPLES
from models.blackboard import by_hand
from pipeline.lecture.page import lecture_page
from pipeline.lecture.prose import formula, prose
from pipeline.lecture.typeset import mended, printed, reason

VOID = {"meta", "br", "hr", "img", "input", "link", "line", "path", "use", "rect", "circle"}


@pytest.fixture(scope="module")
def page(lecture, lecture_checks, lecture_figures):
    return lecture_page(list(lecture.values()), lecture_checks, lecture_figures, command="chalktape run lecture")


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def unset(text):
    """The words of a text as the page has them, and those of its formulas."""
    return words(str(prose(text)))


def test_sections_follow_the_lecture(page):
    ids = re.findall(r'<h2 id="(\w+)"', page)
    assert ids == [*(example.name for example in EXAMPLES), "ledger"]
    assert re.findall(r'<a href="#(\w+)"', page) == ids


def test_the_appendix_and_the_sources_of_the_slides_are_there(page):
    told = words(page)
    for example in EXAMPLES:
        assert all(source.title in told for source in example.reading)
    assert sum(bool(source.link) for example in EXAMPLES for source in example.reading) >= 15


def test_every_row_of_the_ledger_is_there_once(page, lecture_checks):
    ledger = page[page.index('<table class="ledger">') :]
    rows = re.findall(r'<tr class="(\w+)-row">', ledger[: ledger.index("</table>")])
    assert Counter(rows) == Counter(check.verdict for check in lecture_checks)
    assert len(rows) == len(lecture_checks)


def test_every_question_has_its_answer(page):
    told = words(page)
    for example in EXAMPLES:
        for question in example.questions:
            answer, text = (unset(part) for part in (question.answer, question.text))
            assert told.index(answer) > told.index(text)


def test_misprints_are_marked_with_what_is_printed_and_what_is_right(page):
    marked = re.findall(r'<aside class="misprint">(.*?)</aside>', page, flags=re.S)
    errata = [(erratum, example) for example in EXAMPLES for erratum in example.errata]
    assert len(marked) == len(errata)
    for text, (erratum, example) in zip(marked, errata, strict=True):
        row = next(row for row in example.printed if (row.item, row.symbol) == (erratum.item, erratum.symbol))
        wrong, right = mended(erratum, row, example)
        assert f"<s>{wrong}</s>" in text
        assert f"<strong>{right}</strong>" in text
        assert str(reason(erratum.why)) in text


def test_every_formula_that_is_printed_is_typeset_in_its_section_and_in_the_ledger(page):
    formulas = [(row, example) for example in EXAMPLES for row in example.printed if isinstance(row, Formula)]
    assert len(formulas) > 30
    for row, example in formulas:
        assert page.count(f'<td class="printed">{printed(row, example, "")}</td>') >= 2
        assert f'<td class="printed">{row.text}</td>' not in page


def test_no_reason_on_the_page_has_a_symbol_or_a_product_that_is_not_typeset(page):
    assert not re.search(r"\w\(\d\)/d|\b[a-z]\d+\(\d\)|\d \* \d|\w_d\w", words(page))


def test_every_formula_is_mathml(page):
    n_formulas = sum(bool(definition.latex) for example in EXAMPLES for definition in example.definitions)
    assert len(re.findall('<math[^>]* display="block"', page)) == n_formulas
    assert "\\frac" not in page


def test_pictures_stand_in_their_sections(page, lecture_figures):
    for name, figures in lecture_figures.items():
        section = page[page.index(f'<section aria-labelledby="{name}">') :]
        section = section[: section.index("</section>")]
        assert section.count("<figure") == len(figures)


def test_lab_2_shows_the_lines_that_it_is_made_of(page):
    section = page[page.index('<section aria-labelledby="labs">') :]
    section = unescape(section[: section.index("</section>")])
    for function in (by_hand.forward, by_hand.backward, by_hand.step, by_hand.train):
        assert inspect.getsource(function) in section


def test_nothing_is_loaded_from_elsewhere(page):
    links = {source.link for example in EXAMPLES for source in example.reading} - {""}
    assert not re.search(r"""src=["']""", page)
    assert {unescape(link) for link in re.findall(r'href="(?!#)([^"]+)"', page)} == links  # to go to, not to load
    assert page.count('href="http') == page.count('<a href="http')
    assert "url(http" not in page
    assert "@import" not in page


def test_tags_close_in_order(page):
    class Nesting(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in VOID:
                self.open.append(tag)

        def handle_endtag(self, tag):
            if tag not in VOID:
                assert self.open.pop() == tag, self.getpos()

    nesting = Nesting()
    nesting.feed(re.sub(r"<p>(?=\s*<div)", "", page))
    assert nesting.open == []


def test_a_disagreement_is_told_first(lecture, lecture_checks):
    broken = [replace(lecture_checks[-1], verdict="disagrees", why="It does not come out."), *lecture_checks[:-1]]
    page = lecture_page(list(lecture.values()), broken, {})
    verdict = re.search(r'<p class="verdict">(.*?)</p>', page, flags=re.S)[1]
    assert "1 does not come out" in verdict
    assert page.count('class="disagrees-row"') == 2


def test_the_verdict_counts_every_row(page, lecture_checks):
    verdict = re.search(r'<p class="verdict">(.*?)</p>', page, flags=re.S)[1]
    total, *parts = map(int, re.findall(r"\d+", verdict))
    assert total == len(lecture_checks) == sum(parts)


def test_checks_of_an_example_that_is_not_there_are_refused(lecture, lecture_checks):
    with pytest.raises(ValueError, match=r"lecture_page: expected checks and figures of worked examples. Received"):
        lecture_page([lecture["review"]], lecture_checks, {})


def test_formulas_in_texts_are_typeset_and_all_else_is_escaped(page):
    assert "$" not in words(page)
    assert str(prose("a <b>, $x^2$")).startswith("a &lt;b&gt;, <math")
    assert len(re.findall('<math[^>]* display="inline"', page)) > 100
    with pytest.raises(ValueError, match="prose: expected formulas between two dollar signs"):
        prose("it costs $5")


def test_the_walk_is_linked_where_it_lies_beside_the_page(page, lecture):
    beside = lecture_page([lecture["perceptron"]], [], {}, walk="walk.html")
    assert '<a href="walk.html">' in beside
    assert "walk.html" not in page


def test_words_in_formulas_stand_upright():
    assert "<mtext>threshold</mtext>" in formula(r"b \equiv -threshold")
    assert "<mtext>" not in formula(r"\frac{ab}{c} \log x")
