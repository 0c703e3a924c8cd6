"""Two runs of one command, held against each other: what is the same, and what moved."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

FILES = ("experiment.json", "split.csv", "scores.csv")
_PLACE = ["candidate", "fold", "seed", "metric"]
_MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """What became of a run that was repeated.

    Attributes:
        around: What may move scores and is no part of the run: program, libraries, machine; a line each.
        moved: What is part of the run and came out otherwise; a line each.
    """

    around: tuple[str, ...]
    moved: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether everything came out as before, to the bit."""
        return not self.moved

    def words(self) -> list[str]:
        """Tells it, a line each."""
        if self.is_same:
            return [*self.around, "Repeated: the same data, rows of folds and declaration, every score to the bit."]
        return [*self.around, "Not repeated:", *(f"  {line}" for line in self.moved)]


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> Repeated:
    """Holds the files of two runs against each other.

    Args:
        before: Name of ``FILES`` -> its text, of the run that was repeated.
        after: Likewise, of its repetition.
    """
    was, now = (json.loads(files["experiment.json"]) for files in (before, after))
    return Repeated(around=tuple(_around(was, now)), moved=tuple(_moved(before, after, was, now)))


def _around(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if was["git"] != now["git"]:
        yield f"Another program: commit {was['git']} then, {now['git']} now."
    for name in sorted(was["versions"].keys() | now["versions"].keys()):
        then, here = was["versions"].get(name, "none"), now["versions"].get(name, "none")
        if then != here:
            yield f"Another {name}: {then} then, {here} now."
    if was["machine"] != now["machine"]:
        yield f"Another machine: {_flat(was['machine'])} then, {_flat(now['machine'])} now."


def _moved(
    before: Mapping[str, str], after: Mapping[str, str], was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[str]:
    if was["data"]["sha256"] != now["data"]["sha256"]:
        rows = f"{was['data']['rows']:,} rows then, {now['data']['rows']:,} now"
        yield f"The data: {rows}, digests {was['data']['sha256'][:12]} and {now['data']['sha256'][:12]}."
    declared = list(_differences(was["experiment"], now["experiment"]))
    for place, then, here in declared[:_MOST_TOLD]:
        yield f"The declaration: {place} was {then!r} and is {here!r}."
    if len(declared) > _MOST_TOLD:
        yield f"The declaration: {len(declared) - _MOST_TOLD} more."
    if before["split.csv"] != after["split.csv"]:
        yield "The rows of folds."
    if before["scores.csv"] != after["scores.csv"]:
        tables = (pd.read_csv(StringIO(files["scores.csv"]), float_precision="round_trip") for files in (before, after))
        yield from list(_scores(*tables)) or ["The scores are equal and stand in another order."]


def _differences(was: Any, now: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yields the places, such as ``candidates.0.training.epochs``, where two declarations differ."""
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [(key, was.get(key), now.get(key)) for key in {**was, **now}]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = list(zip(range(len(was)), was, now, strict=True))
    else:
        if was != now:
            yield place, was, now
        return
    for key, then, here in pairs:
        yield from _differences(then, here, f"{place}.{key}".lstrip("."))


def _scores(was: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    both = was.merge(now, on=_PLACE, how="outer", suffixes=("_then", "_now"), indicator=True)
    for side, words in (("left_only", "is missing now"), ("right_only", "is new")):
        for name in both.loc[both["_merge"] == side, "candidate"].unique()[:_MOST_TOLD]:
            yield f"The scores: {name} {words}, on some folds at least."
    pairs = both[both["_merge"] == "both"]
    then, here = pairs["value_then"], pairs["value_now"]
    apart = (then - here).abs()
    differ = (then != here) & ~(then.isna() & here.isna())
    if differ.any():
        most = int(np.argmax(np.where(differ, apart.fillna(np.inf), -1.0)))  # a score that is there once only, first
        row = pairs.iloc[most]
        yield (
            f"The scores: {int(differ.sum())} of {len(pairs)} differ, most the {row['metric']} of {row['candidate']} "
            f"on fold {row['fold']}, {float(row['value_then'])!r} then and {float(row['value_now'])!r} now."
        )


def _flat(values: Any) -> str:
    return ", ".join(str(value) for value in values.values()) if isinstance(values, dict) else str(values)
