"""Renders the pages: one file each, nothing loaded from elsewhere, everything escaped that is not markup."""

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
    environment = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["heading"] = heading
    return environment.get_template(template).render(**values)
