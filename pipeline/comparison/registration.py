"""What may move a champion's alias: a comparison that was run as declared, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from models.threshold import false_alarms
from pipeline.comparison.champion import Champion, champion
from pipeline.comparison.refit import Refitted, refit
from pipeline.comparison.until_now import UntilNow, look_back, said_of
from pipeline.data.values import Fold
from pipeline.flow.desk import Desk
from pipeline.process import interrupts
from pipeline.process.provenance import is_changed
from pipeline.process.resuming import REPEATS_TAG
from pipeline.scoring.result import Result
from pipeline.scoring.tables import scores_table
from pipeline.telling.files import to_csv
from pipeline.tracking.runs import ParentRun
from pipeline.tracking.served import Served
from pipeline.words.names import title

Leave = Callable[["Registration"], None]
"""Puts into the store what is known of the registration by now."""

_OTHERS = (
    "'chalktape predict' decides by the threshold of this model; the decisions {} are by others, one for each fold, "
    "chosen inside its training rows."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Registration:
    """What became of the champion.

    Attributes:
        done: In a sentence: what was registered, or why nothing.
        reason: Why it was chosen, and what its figure is of; empty where ``done`` says it.
        chosen: The champion; ``None`` without one.
        refitted: As it is served; ``None`` where nothing was to be registered.
        before: What was served until then.
    """

    done: str
    reason: str = ""
    chosen: Champion | None = None
    refitted: Refitted | None = None
    before: UntilNow = field(default_factory=UntilNow)

    @property
    def is_another(self) -> bool:
        """Whether another candidate is served than before, or one of the same name that is declared otherwise."""
        return self.refitted is not None and self.chosen is not None and self.chosen.candidate != self.before.own

    def words(self) -> str:
        """Tells all of it, below what is told of decisions: their threshold is another one."""
        others = [_OTHERS.format("above")] if self.refitted and self.refitted.threshold else []
        return " ".join([self.done, self.reason, *others]).strip()

    @property
    def answer(self) -> str:
        """What the page says: the reason stands there anyway, in full."""
        if self.refitted is None:
            return self.done
        told = [f"It is {title(self.chosen.candidate)}"] if self.chosen else []
        told += [carried.words() for carried in (self.refitted.threshold, self.refitted.interval) if carried]
        told += [_OTHERS.format("below")] if self.refitted.threshold else []
        return " ".join([self.done, *(f"{words.rstrip('.')}." for words in told)])

    def record(self) -> dict[str, Any]:
        """Returns what ``--json`` writes of it."""
        refitted = self.refitted
        return {
            "words": self.words(),
            "candidate": self.chosen.candidate if self.chosen else None,
            "passes": self.chosen.passes if self.chosen else None,
            "before": self.before.candidate or None,
            "until_now": self.before.record(),
            "changed": self.is_another,
            "served": refitted and refitted.record(),
            "threshold": asdict(refitted.threshold) if refitted and refitted.threshold else None,
            "interval": asdict(refitted.interval) if refitted and refitted.interval else None,
        }


def register(result: Result, inner: Sequence[Fold], desk: Desk, run: ParentRun, leave: Leave) -> Registration:
    """Registers the model that is worth serving, refitted, or says why not.

    The results are in the store before the champion is trained once more: an interrupt loses the refit alone. Whether
    it is trained depends on the result and never on the store, so that of several workers all do the same; what was
    served until now, of which only the store knows, is trained by one that works alone.

    Args:
        result: Whole.
        inner: Folds of the training rows, where a decision is declared.
        desk: Where it is done.
        run: Of the comparison.
        leave: Called with what is known before the refit, and after.

    Raises:
        Interrupted: On Ctrl-C during the refit; the registry is as it was.
    """
    chosen = champion(result)
    if repeats := desk.tags.get(REPEATS_TAG):
        return _left(leave, Registration(done=f"Not registered: it repeats run {repeats}.", chosen=chosen))
    departs = how_it_departs(result, desk.epochs)
    if chosen is None:
        tried = result.comparison.tried
        without = "the comparison declares no gate" if tried is None else f"{tried.words}, and what is left has no gate"
        return _left(leave, Registration(done=f"Not registered: {without}."))
    if departs and not desk.insists:
        nor_passed = "" if chosen.passes else f" Nor would it pass its gate: {chosen.reason}"
        done = f"Not registered: {departs}. --register (in Python register=True) insists.{nor_passed}"
        return _left(leave, Registration(done=done, chosen=chosen))
    run.log_gate(chosen.candidate, passes=chosen.passes)
    if not chosen.passes:
        return _left(leave, Registration(done=f"Not registered. {chosen.reason}", chosen=chosen))
    leave(Registration(done=f"Not registered yet: {title(chosen.candidate)} is refitted first.", chosen=chosen))
    meanwhile = "what was served until now was trained on the same folds"
    try:
        served = run.serving(result.comparison.name) or None
        before = look_back(result, chosen.candidate, served, desk)
        if (scored := before.scored) is not None:
            run.log_until_now(scored.trained, scored.scores, scored.summaries, result.primary.name)
            run.log_texts({"until_now.csv": to_csv(scores_table(scored.scores))})
        meanwhile = f"{title(chosen.candidate)} was refitted"
        refitted = refit(result, chosen.candidate, inner, desk)
        if not refitted.is_logged:
            run.log_refitted(refitted.name, result.dataset, refitted.trained, refitted.threshold, refitted.interval)
    except KeyboardInterrupt:
        stopped = f"Not registered: interrupted while {meanwhile}; the registry is as it was."
        desk.terminal.say(_left(leave, Registration(done=stopped, chosen=chosen)).words())
        desk.terminal.say(f"Report: {run.place('report.html')}\n")
        raise
    insisted = f" Registered by --register: {departs}." if departs else ""
    decided = _decided_before(served, refitted)
    reason = f"{chosen.reason}{before.words()} {refitted.words()}{decided}{insisted}"
    run.log_texts(said_of(result.of(chosen.candidate).candidate, result.dataset, desk.epochs))
    with interrupts.held_back():  # or the note would say of what is registered that it is not
        done = run.register(
            result.comparison.name, chosen.candidate, how=refitted.how, description=reason, tags=refitted.tags()
        )
        return _left(leave, Registration(done=done, reason=reason, chosen=chosen, refitted=refitted, before=before))


def how_it_departs(result: Result, epochs: int | None) -> str:
    """Says how a run departs from what is declared; nothing where it does not.

    A run that was told to do less, or other, than is declared may be of use, and is no reason to replace what rests on
    all of it; nor does it register where there is nothing to replace: what a name serves is what its declaration says.

    Args:
        result: Of the run.
        epochs: Of nets, where the run was told another number than declared.
    """
    told = [] if epochs is None else ["with --epochs the nets are not the declared ones"]
    n_folds, n_declared = len(result.folds), result.comparison.splitting.n_folds
    if n_folds < n_declared:
        told.append(f"of the {n_declared} declared folds {n_folds} {'was' if n_folds == 1 else 'were'} run")
    if result.comparison.tried is not None:
        told.append(result.comparison.tried.words)
    if is_changed():
        told.append("the program's files differ from its commit, so that none repeats this run")
    return "; ".join(told)


def _decided_before(served: Served | None, refitted: Refitted) -> str:
    """Says, after a space, what was decided by until now where that was asked for otherwise."""
    then, now = ({} if served is None else served.tags), refitted.tags()
    threshold, ratio, recall = (_number(then.get(name, "")) for name in ("threshold", "cost_ratio", "recall"))
    asked_now = tuple(_number(now.get(name, "")) for name in ("cost_ratio", "recall"))
    if threshold is None or ratio is None or (ratio, recall) == asked_now:
        return ""
    to_find = f" and {100 * recall:g} % of the class were to be found" if recall is not None else ""
    gone = "" if "threshold" in now else ", and now there is none"
    asked = f"where a missed row cost {false_alarms(ratio)}{to_find}"
    return f" Until now the threshold was {max(threshold, 0.0):.3g}, {asked}{gone}."


def _number(tag: str) -> float | None:
    """Returns what a tag says, which people may have changed."""
    try:
        return float(tag)
    except ValueError:
        return None


def _left(leave: Leave, registration: Registration) -> Registration:
    leave(registration)
    return registration
