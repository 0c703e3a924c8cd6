"""What was served until now, beside the champion: its declaration trained on the same folds, where it is no candidate.

The stored model is never scored: it may have seen the rows. What is compared are two declarations on the same rows.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from experiments.language import Candidate, Comparison
from experiments.language.written import read, written
from pipeline.comparison.heeded import require_heeded
from pipeline.comparison.verdict import apart
from pipeline.data.values import Dataset
from pipeline.flow.desk import Desk
from pipeline.flow.each import Entry, Scored, train_and_score
from pipeline.process import interrupts
from pipeline.scoring.compare import gather
from pipeline.scoring.result import Result
from pipeline.scoring.values import Contrast
from pipeline.telling.files import to_json
from pipeline.tracking.served import CHAMPION_FILE, Served
from pipeline.training.work import are_alike
from pipeline.words.names import title

_DECLARATION, _EPOCHS, _COLUMNS, _TASK = "declaration", "epochs", "columns_sha256", "task"
_UNSAID = "nothing says how it was declared"


@dataclass(frozen=True, kw_only=True, eq=False)
class UntilNow:
    """What was served until now.

    Attributes:
        candidate: Its name; empty where nothing was served, or nobody knows what.
        address: Of its version, which stays.
        own: Name of the candidate of this run that is declared the same; empty where none is.
        contrast: Its difference to the champion; ``None`` where it is the champion, or nothing is known.
        scored: Its declaration on the folds of this run, where no candidate is declared the same.
        why_not: Why nothing is known of it; empty where something is.
    """

    candidate: str = ""
    address: str = ""
    own: str = ""
    contrast: Contrast | None = None
    scored: Scored | None = None
    why_not: str = ""

    def words(self) -> str:
        """Tells how it does on the same folds, after a space; nothing where it is the champion."""
        if self.contrast is None and not self.why_not:
            return ""
        told = f" Until now {title(self.candidate)} was served: it "
        if self.contrast is None:
            return f"{told}is not compared, for {self.why_not}."
        stays = f" {self.address} stays as it is." if self.contrast.judgment == "better" else ""
        how = "is no candidate of this run; its declaration, trained on the same folds, " if self.scored else ""
        where = "" if self.scored else ", on the same folds"
        return f"{told}{how}is {apart(self.contrast)}{where}. These folds chose the champion.{stays}"

    def record(self) -> dict[str, Any] | None:
        """Returns what ``--json`` writes of it; ``None`` where nothing was served."""
        if not self.candidate:
            return None
        found = self.contrast
        measured = ("difference", "low", "high", "p_value", "judgment")
        return {
            "candidate": self.candidate,
            "version": self.address,
            "declared_as": self.own or None,
            "trained": self.scored is not None,
            "why_not": self.why_not or None,
            **{name: getattr(found, name) if found else None for name in measured},
        }


def said_of(candidate: Candidate, dataset: Dataset, epochs: int | None) -> dict[str, str]:
    """Returns the file by which a champion's declaration can be trained once more; none where it cannot be written.

    Args:
        candidate: The champion.
        dataset: What it was trained on.
        epochs: Of nets, instead of the declared numbers.
    """
    try:
        said = {_DECLARATION: json.loads(written(candidate)), _EPOCHS: epochs, **_rows_of(dataset)}
        return {CHAMPION_FILE: to_json(said)}
    except ValueError:  # a function among its settings
        return {}


def look_back(result: Result, chosen: str, served: Served | None, desk: Desk) -> UntilNow:
    """Finds what was served until now among the candidates, or trains its declaration on the same folds.

    Args:
        result: Of the comparison, which it is no part of: no figure of it depends on what a store holds.
        chosen: The champion.
        served: By the alias; ``None`` where nothing is.
        desk: Where it is trained.

    Raises:
        Interrupted: On Ctrl-C.
    """
    if not served or not (served.candidate or served.declared):
        return UntilNow()
    known = UntilNow(candidate=served.candidate, address=served.address)
    names = {candidate.name for candidate in result.comparison.candidates}
    if not served.declared:
        own = served.candidate if served.candidate in names else ""
        return replace(known, own=own, contrast=_among(result, chosen, own), why_not="" if own else _UNSAID)
    try:
        said = json.loads(served.declared)
        declared = read(json.dumps(said[_DECLARATION]))
    except (ValueError, KeyError, TypeError) as error:
        return replace(known, why_not=f"this program cannot read its declaration ({_shortly(error)})")
    known = replace(known, candidate=declared.name)  # of a tag that people may have changed
    if why := _is_of_something_else(said, result.dataset, desk.epochs):
        return replace(known, why_not=why)
    alike = [one.name for one in result.comparison.candidates if are_alike(one, declared)]
    if alike:
        own = chosen if chosen in alike else alike[0]
        return replace(known, own=own, contrast=_among(result, chosen, own))
    if desk.placement.strategy is not None:
        return replace(known, why_not="nothing is trained for it with --strategy")
    try:
        return _trained(known, declared, result, chosen, desk)
    except Exception as error:  # of settings and libraries as they were then: the champion does not wait for it
        if interrupts.asked():
            raise
        return replace(known, why_not=f"its declaration cannot be trained here ({_shortly(error)})")


def _among(result: Result, chosen: str, own: str) -> Contrast | None:
    return result.against(chosen).get(own)


def _is_of_something_else(said: Mapping[str, Any], dataset: Dataset, epochs: int | None) -> str:
    own = _rows_of(dataset)
    if said.get(_TASK) != own[_TASK]:
        return f"it predicted something else: {said.get(_TASK, 'nobody knows what')}"
    if said.get(_COLUMNS) != own[_COLUMNS]:
        return "it was of other columns"
    if said.get(_EPOCHS) != epochs:
        then, now = (f"{n} epochs" if n else "as many epochs as declared" for n in (said.get(_EPOCHS), epochs))
        return f"its nets had {then}, here they have {now}"
    return ""


def _trained(known: UntilNow, declared: Candidate, result: Result, chosen: str, desk: Desk) -> UntilNow:
    """Trains a declaration, beside the champion and whoever guesses, as a comparison of its own."""
    before = replace(declared, name=f"{known.candidate}_until_now")
    beside = [one for one in result.comparison.candidates if one.name in (chosen, result.comparison.dummy)]
    pair = _only(result.comparison, (*beside, before))
    require_heeded(pair, result.dataset, result.folds)
    entry = Entry(candidate=before, comparison=pair, dataset=result.dataset, folds=result.folds)
    (done,) = train_and_score(desk, f"{result.comparison.name}, served until now", [entry])
    own = [result.of(one.name) for one in beside]
    scores = [*(score for one in own for score in one.scores), *done.scores]
    trained = [*(item for one in own for item in one.trained), *done.trained]
    found = gather(pair, result.dataset, result.folds, trained, scores).against(chosen)[before.name]
    return replace(known, contrast=found, scored=done)


def _only(comparison: Comparison, candidates: tuple[Candidate, ...]) -> Comparison:
    """Returns a comparison of these candidates, judged as they were, without all that is asked besides."""
    return replace(
        comparison,
        candidates=candidates,
        primary=None,
        decision=None,
        gate=None,
        n_seeds=1,
        learning_curve=(),
        exercises=(),
    )


def _rows_of(dataset: Dataset) -> dict[str, str]:
    """Returns what a row is and what is predicted of it."""
    columns = dataset.columns
    names = dataset.feature_names if columns is None else [column.name for column in columns.used]
    shape = sorted(map(str, names)) or list(dataset.X.shape[1:])
    return {
        _COLUMNS: hashlib.sha256(json.dumps(shape).encode()).hexdigest(),
        _TASK: f"{dataset.task.name} of {', '.join(dataset.task.answer_names)}",
    }


def _shortly(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
