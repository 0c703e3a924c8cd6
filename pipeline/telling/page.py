"""Renders the pages: one file each, nothing loaded from elsewhere, everything escaped that is not markup."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.words.names import heading


def render(template: str, **values: Any) -> str:
    """Returns the HTML of a page.

    Args:
        template: File name in ``pipeline/templates``; ``base.html`` has the look that all pages share.
        **values: What the template tells. Drawings come as ``markupsafe.Markup``.

    Raises:
        jinja2.UndefinedError: A value that the template needs is missing.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    """Returns the templates, which are compiled once a process."""
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["heading"] = heading
    return environment
