"""What a part of a run leaves: its place on the page, its tables and its pictures at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.telling.figure import Figure
from pipeline.telling.files import to_csv
from pipeline.telling.page import render


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """A part of a page, with all that it leaves beside the page.

    Attributes:
        template: File name in ``pipeline/templates``.
        values: What the template tells.
        anchors: Where the page's contents lead: id -> words.
        tables: Tables by file name, written as CSV.
        pages: Pages of their own by file name.
        figures: Pictures for MLflow.
        answers: What it says first, a sentence each.
    """

    template: str
    values: Mapping[str, Any]
    anchors: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def html(self) -> Markup:
        """The part of the page."""
        return Markup(render(self.template, **self.values))

    @property
    def files(self) -> dict[str, str]:
        """The text of each file that it leaves, by name."""
        return {name: to_csv(table) for name, table in self.tables.items()} | dict(self.pages)


def files_of(sections: Iterable[Section]) -> dict[str, str]:
    """Returns the text of each file that the sections leave, by name."""
    return {name: text for section in sections for name, text in section.files.items()}
