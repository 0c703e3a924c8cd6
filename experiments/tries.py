"""A quick try: fewer candidates than a comparison declares, or other settings; never what a name is served by.

And what a comparison comes to where a library is not installed that one of its candidates needs.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from experiments.language import Candidate, Comparison
from experiments.language.quick_try import QuickTry
from experiments.language.setting import read, setting, with_setting
from experiments.language.wording import listing, title
from models.checks import closest, is_installed, require, require_installed

OWNER = "run"


def tried(
    comparison: Comparison, *, only: Sequence[str] = (), skip: Sequence[str] = (), settings: Sequence[str] = ()
) -> Comparison:
    """Returns a comparison with less, or other, than it declares, which says so; the same where nothing departs.

    What looks at no input always stays, so that no score stands alone. What is set gets a name that tells it, so that
    no table takes it for what was declared.

    Args:
        comparison: As declared.
        only: Names of the candidates that are run; none means all.
        skip: Names of those that are left out.
        settings: ``CANDIDATE.PATH=VALUE`` each, as ``sigmoid_30.hidden_units=8,4``.

    Raises:
        ValueError: An unknown candidate or path, a value that is not taken, or nothing left to compare.
    """
    if not (only or skip or settings):
        return comparison
    names = [candidate.name for candidate in comparison.candidates]
    for name in (*only, *skip):
        require(name in names, OWNER, "a candidate of the comparison", closest(name, names), candidate=name)
    changed = _with_settings(comparison.candidates, settings)
    kept = [
        candidate
        for name, candidate in changed.items()
        if name == comparison.dummy or (name not in skip and (not only or name in only))
    ]
    expected, remedy = "a candidate beside the one that guesses", "Leave one in."
    require(len(kept) > 1, OWNER, expected, remedy, only=list(only), skip=list(skip))
    told = []
    if len(kept) < len(names):
        told.append(f"{len(kept)} of {len(names)} declared candidates were run")
    told += [f"{new.name} is not as declared" for name, new in changed.items() if new.name != name and new in kept]
    if not told:
        return comparison
    options = [f"--candidates {','.join(only)}"] if only else []
    options += [f"--skip {','.join(skip)}"] if skip else []
    options += [f"--set {shlex.quote(text)}" for text in settings]
    return replace(_narrowed(comparison, kept), tried=QuickTry(words=listing(told), options=" ".join(options)))


def available(comparison: Comparison, *, named: Sequence[str] = ()) -> tuple[Comparison, tuple[str, ...]]:
    """Returns a comparison without candidates whose library is not installed, and a line for each, also in its notes.

    Args:
        comparison: As declared.
        named: Candidates that were asked for by name.

    Raises:
        ValueError: One of them needs a library that is not installed, or nothing is left to compare.
    """
    lacking = {
        candidate.name: library
        for candidate in comparison.candidates
        for library in candidate.needs
        if not is_installed(library)
    }
    for name in named:
        if name in lacking:
            require_installed(f"candidate {name!r}", lacking[name])
    if not lacking:
        return comparison, ()
    kept = [candidate for candidate in comparison.candidates if candidate.name not in lacking]
    remedy = "Call: pip install 'chalktape[boosting]'."
    expected = "a candidate beside the one that guesses whose library is installed"
    require(len(kept) > 1, OWNER, expected, remedy, candidates=list(lacking))
    lines = tuple(
        f"{title(name)} is left out: {library} is not installed. {remedy}" for name, library in lacking.items()
    )
    notes = " ".join([comparison.notes, *lines]).strip()
    return replace(_narrowed(comparison, kept), notes=notes), lines


def _with_settings(candidates: Sequence[Candidate], settings: Sequence[str]) -> dict[str, Candidate]:
    """Returns the candidates by their declared names, those with other settings under new ones."""
    found = {candidate.name: candidate for candidate in candidates}
    for text in settings:
        place, equals, value = text.partition("=")
        name, _, path = place.partition(".")
        form = "CANDIDATE.SETTING=VALUE"
        require(bool(equals and path), OWNER, form, "Write it like sigmoid_30.hidden_units=8,4.", set=text)
        require(name in found, OWNER, "a candidate of the comparison", closest(name, found), set=text)
        before = setting(found[name], path, OWNER)
        after = read(value, before)
        changed = with_setting(found[name], path, after, OWNER)
        reason = f"Not as declared: {path} is {after}, declared {before}. {changed.reason}".strip()
        found[name] = replace(changed, name=_named(found[name].name, path, value), reason=reason, chosen_on="not_said")
    return found


def _named(name: str, path: str, value: str) -> str:
    """Returns a name that tells what was set.

    Example:
        >>> _named("sigmoid_30", "training.learning_rate", "0.01")
        'sigmoid_30_learning_rate_0_01'
    """
    told = f"{path.rpartition('.')[2]}_{value}".lower()
    return f"{name}_{re.sub('[^a-z0-9]+', '_', told).strip('_')}"


def _narrowed(comparison: Comparison, kept: Sequence[Candidate]) -> Comparison:
    """Returns the comparison of what is kept; what it asks of others is left out with them."""
    names = {candidate.name for candidate in kept}
    decision, gate, primary = comparison.decision, comparison.gate, comparison.primary
    if decision is not None:
        examined = tuple(name for name in decision.candidates if name in names)
        decision = replace(decision, candidates=examined) if examined else None
    return replace(
        comparison,
        candidates=tuple(kept),
        decision=decision,
        gate=gate if gate is not None and gate.simplest in names else None,
        primary=primary if primary is not None and set(primary) <= names else None,
    )
