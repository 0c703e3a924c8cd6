"""Tells the walk: one self-contained page on which examples 6, 7, 8, the graph and the descent go step by step."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from markupsafe import Markup

from pipeline.lecture.values import Check
from pipeline.lecture.walks import WALKS
from pipeline.telling.page import render


def walk_page(checks: Iterable[Check] = ()) -> str:
    """Returns the HTML page of the walk; it loads nothing from elsewhere.

    Args:
        checks: The ledger's rows; what the lecture prints stands beside its step, with its verdict.
    """
    printed: dict[str, dict[str, dict[str, str]]] = {}
    for row in checks:
        if row.printed:
            told = {"printed": row.printed, "verdict": row.verdict, "why": row.why}
            printed.setdefault(row.item, {})[row.symbol] = told
    data = {"walks": [asdict(walk) for walk in WALKS], "printed": printed}
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")  # no tag can end the script
    return render("walk.html", data=Markup(text), walks=WALKS)
