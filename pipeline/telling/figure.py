"""What a drawing hands to the page, the notebook and MLflow."""

import base64
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import escape


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture with its words.

    Attributes:
        title: A few words.
        caption: What to see in it.
        svg: The element, for a page that has the colors of ``templates/style.css``.
        wide: Whether a phone should scroll it sideways rather than shrink it.
    """

    title: str
    caption: str
    svg: str
    wide: bool = False

    @property
    def width(self) -> int:
        """At full size, in pixels."""
        return int(self.svg.split(' width="', 1)[1].split('"', 1)[0])

    @property
    def file(self) -> str:
        """The picture as an SVG file of its own, light or dark as its reader prefers."""
        style = f"<style>{_palette()} svg {{ background: var(--paper); font-family: var(--sans); }}</style>"
        head, rest = self.svg.split(">", 1)
        return f'{head} xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{style}{rest}'

    def _repr_html_(self) -> str:
        """A notebook shows it as an image, so that neither changes the other's style."""
        source = base64.b64encode(self.file.encode()).decode()
        alt = escape(self.title)
        return f'<img alt="{alt}" src="data:image/svg+xml;base64,{source}"><p><b>{alt}.</b> {escape(self.caption)}</p>'


@cache
def _palette() -> str:
    """The page's colors and fonts: the blocks of its style that set variables."""
    style = (files("pipeline") / "templates" / "style.css").read_text(encoding="utf-8")
    block = r":root \{[^}]*--paper[^}]*\}"
    return " ".join(re.findall(rf"@media[^{{]*\{{\s*{block}\s*\}}|{block}", style))
