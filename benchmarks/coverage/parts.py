"""The sections of the page: what is asked of each part, and what came of it, line by line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from textwrap import wrap
from typing import Any

from benchmarks.coverage import cells, equals, hanging, hardly, numbers, runs, together
from benchmarks.coverage.cells import Setting
from benchmarks.coverage.intervals import Covered, auc_coverage, coverage, coverage_of_rows
from benchmarks.coverage.problems import FEW_POSITIVES, OTHER_CLASSIFIERS, PROBLEMS, TEST_SETS
from benchmarks.coverage.spread import Effort, share
from benchmarks.coverage.told import TITLES, as_told
from benchmarks.coverage.words import told, won
from experiments.language.metric import metric as declared

Lines = Iterator[str]


def _holds(so: bool) -> str:
    return "yes" if so else "**no**"


def _family(setting: Setting) -> str:
    return f"{setting.nets} against {len(setting.distances) - setting.nets}"


def _text(words: str) -> Lines:
    yield from (*wrap(words, 120), "")


def _table(*titles: str) -> Lines:
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _gate(n_rows: int, effort: Effort) -> Lines:
    yield from _text(
        "No column says anything of the class; every candidate looks at two of its own. A champion is to be "
        "registered in at most one of twenty comparisons."
    )
    yield from _table("candidates", "rows", "registered", "at most .05", '"better than guessing"')
    for setting in cells.GATES[n_rows]:
        found = told(setting, effort)
        passed, guess = share([one.registered for one in found]), share([one.guess for one in found])
        yield _row(len(setting.distances), setting.words, passed, _holds(passed.may_be(0, 0.05)), guess)


def _equal(effort: Effort, settings: Sequence[Setting], alike: str) -> Lines:
    yield from _text(
        f"All candidates are worth the same: {alike}. Counted are comparisons in which any difference that was asked "
        "for (a net against a baseline) is called too much for chance, any other one, and those whose verdict says "
        "that the best beats the other family. Over random splits two candidates are told apart by the less sure of "
        "two tests, by folds and by rows, each row once."
    )
    yield from _table(
        "nets against baselines", "rows", "asked for", "at most .05", "others", "at most .05", '"it beats"'
    )
    together: dict[str, list[bool]] = {}
    for setting in settings:
        found = told(setting, effort)
        asked, others = share([one.primary for one in found]), share([one.exploratory for one in found])
        beats = share([one.beats for one in found])
        together.setdefault(setting.folds, []).extend(one.primary for one in found)
        goals = (_holds(one.may_be(0, 0.05)) for one in (asked, others))
        yield _row(_family(setting), setting.words + setting.kind, asked, next(goals), others, next(goals), beats)
    rates = "; ".join(f"{folds} {share(called)}" for folds, called in together.items())
    yield from ("", *_text(f"Any difference that was asked for, over all such cells: {rates}."))


def _winner(effort: Effort) -> Lines:
    yield from _text(
        "Thirteen candidates of one worth. The best mean is too good, for it was chosen; the corrected one is to "
        "be within .005 of the truth (it holds where the 95 % interval of the simulated bias touches that): the mean "
        "score of the same procedure on fresh test sets as large as a fold's. Beside it stands its score on 40,000 "
        "rows. An average precision of few positive rows is higher than one of many, whatever is chosen."
    )
    yield from _table(
        "rows",
        "truth",
        "on many rows",
        "best mean, too high by",
        "corrected, by",
        "within .005",
        "its interval",
        "uncorrected",
    )
    for setting in cells.WINNERS:
        found = won(setting, effort)
        bias = f"{found.corrected:+.4f} ± {1.96 * found.error:.4f}"
        goal = _holds(found.within(0.005))
        truths = (f"{found.truth:.4f}", f"{found.on_many:.4f}")
        yield _row(setting.words, *truths, f"{found.observed:+.4f}", bias, goal, found.held, found.plain)


def _power(effort: Effort) -> Lines:
    yield from _text(
        "Four nets and three baselines on 1,000 rows, by accuracy; the first net is better by .05 than all others. It "
        "is found where it is called better than the first baseline, too much for chance. The goal, .6, is of the "
        "declared question."
    )
    yield from _table("the net", "folds", "declared", "found", "at least .6")
    for how, setting in cells.AHEAD:
        found = share([one.found for one in told(setting, effort)])
        goal = _holds(found.may_be(0.6, 1)) if setting.primary else ""
        yield _row(how, setting.folds, "yes" if setting.primary else "no", found, goal)


def _declared(effort: Effort) -> Lines:
    yield from _text(
        "A net and a baseline of one worth, and the difference of the two is declared to be the question. In accuracy "
        "it is tested by rows, each once (Bayle et al. 2020): over stratified folds with what lies between the "
        "trainings of two folds, unless a training moves its rows together; over random splits where what a row says "
        "hardly hangs on the training. Else it is the less sure of that test and of the one by folds, which finds "
        "differences between equal trees and neighbors a little too often. Both learn alike, each from columns of its "
        "own, or from one that both see (0 apart) beside noise of their own. Too much for chance it is to be called in "
        "at most one of twenty. Beside it stands how often rows stood alone."
    )
    yield from _table("both are", "rows", "classes apart by", "too much for chance", "at most .05", "by rows")
    together: dict[str, list[bool]] = {}
    for setting in cells.DECLARED:
        found = told(setting, effort)
        alarms = share([one.primary for one in found])
        together.setdefault(setting.folds, []).extend(one.primary for one in found)
        by_rows = f"{sum(one.by_rows for one in found) / len(found):.2f}"
        apart = f"{setting.distances[0]:g}"
        yield _row(setting.classifier, setting.words, apart, alarms, _holds(alarms.may_be(0, 0.05)), by_rows)
    rates = "; ".join(f"{folds} {share(called)}" for folds, called in together.items())
    yield from ("", *_text(f"Over all such cells: {rates}."))


def _alike(effort: Effort) -> Lines:
    yield from _text(
        f"A net and a baseline, by accuracy; {cells.EQUIVALENCE:g} is declared to make no practical difference. "
        'Where they differ by just that, "practically equal" is to be said in at most one of twenty; where they '
        "are equal, the more often the better."
    )
    yield from _table("rows", "they differ by", '"practically equal"', "at most .05")
    for difference, setting in cells.ALIKE:
        found = share([one.equal for one in told(setting, effort)])
        yield _row(setting.words, f"{difference:g}", found, _holds(found.may_be(0, 0.05)) if difference else "")


def _runs(effort: Effort) -> Lines:
    yield from _text(
        f"Two small nets and two baselines on {runs.N_ROWS} rows whose labels are drawn by lot, planned and run by "
        "the command's own flow, five random splits, ROC-AUC. A verdict is right that says of the best that it is "
        "not sure to beat the majority class, or that none is better."
    )
    found = [runs.whole_run(seed) for seed in range(1, effort.runs + 1)]
    doubts = ("not sure to beat", "no candidate is better than the majority class")
    right = sum(any(words in one.told for words in doubts) for one in found)
    registered = sum(one.registered for one in found)
    yield from _table("whole runs", "a champion registered", "verdict doubts")
    yield _row(len(found), registered, right)


def _covered(problems: Sequence[Any], of: Callable[[Any, Effort], dict[str, Covered]], effort: Effort) -> Lines:
    yield from _table(*TITLES)
    for problem in problems:
        for name, found in of(problem, effort).items():
            plain = "" if found.plain is None else f"{found.plain.count / found.plain.n:.3f}"
            width = (
                f"{found.width:.3f}" if found.narrowest > 0 or not _is_share(name) else f"{found.width:.3f} **zero**"
            )
            yield _row(problem.words, name, f"{found.held.n:,}", found.held, _told(found), width, plain)


def _is_share(name: str) -> bool:
    return declared(name).bounds == (0.0, 1.0)


def _told(found: Covered) -> str:
    """Returns what the caption says, marked where the simulation contradicts it."""
    return as_told(found.told, found.held.count / found.held.n)


def _folds(effort: Effort) -> Lines:
    yield from _text(
        "Linear discriminants. Plain is `mean ± t * error` over the same folds, which 0.1.0 printed; told is what "
        "the caption says. A width that was zero once is marked."
    )
    yield from _covered(PROBLEMS, coverage, effort)


def _classifiers(effort: Effort) -> Lines:
    yield from _text("Classes by a logistic chance of some of the columns, after problems of arXiv 2409.18836.")
    yield from _covered(OTHER_CLASSIFIERS, coverage, effort)


def _hardly(effort: Effort) -> Lines:
    yield from _text(
        "A net and a baseline of one worth find few of 15 positive rows (linear discriminants, unless told otherwise), "
        "and guessing finds none: its F1 is 0, its type I error 1. Of the net stand the interval of its mean, that of "
        "its difference to guessing, and that of its difference to the baseline, whose truth is 0."
    )
    yield from _table(*TITLES)
    heard = {setting: hardly.found(setting, effort) for setting in hardly.SETTINGS}
    for setting, found in heard.items():
        words, metric, of = hardly.words(setting), setting.metric, found.held
        n, told = f"{of.n:,}", as_told(hardly.CAPTIONS[metric], of.count / of.n)
        yield _row(words, metric, n, of, told, f"{found.width:.3f}", "")
        yield _row(words, f"{metric}, from guessing", n, found.apart_held, "", f"{found.apart_width:.3f}", "")
        yield _row(words, f"{metric}, from an equal", n, found.equal_held, "", f"{found.equal_width:.3f}", "")
    yield ""
    yield from _text(
        "Surely better than guessing (p below .05, before any correction) the net is to be only where the interval of "
        "its mean does not reach to what guessing scores, an F1 of 0 and a type I error of 1. Beside it stands how "
        "often it is not though that interval does not: where five folds differ much, Student's t knows less of their "
        "difference than Wilson's interval of their mean."
    )
    yield from _table("rows and folds", "score", "surely better, reached", "at most 0", "not surely, not reached")
    for setting, found in heard.items():
        sure = found.too_sure
        yield _row(hardly.words(setting), f"{found.truth:.3f}", sure, _holds(sure.count == 0), found.too_shy)


def _together(effort: Effort) -> Lines:
    yield from _text(
        "A classifier is given that knows one of the two things that decide of a row; rows of a group share nearly all "
        "of both, in time what they share decays from row to row. Plain is what takes the rows of one test set for "
        "single ones. What is refused an interval does not count. Over folds intervals allow for what trainings share, "
        "and here nothing is trained: there they may cover more than of candidates that learn."
    )
    yield from _covered(together.PROBLEMS, together.coverage, effort)


def _equals(effort: Effort) -> Lines:
    yield from _text(
        "Of three things that decide of a row one is known to a net, one to a baseline and one to neither; both are "
        "given, not trained, and worth the same. Rows share with their neighbors as above, and so neighbors speak for "
        "the same one of the two. Their difference is declared to be the question. Too much for chance it is to be "
        "called in at most one of twenty, in each metric; what is refused an interval does not count."
    )
    yield from _table("rows and folds", *(declared(name).words for name in hanging.METRICS), "at most .05")
    for problem in together.PROBLEMS:
        apart = equals.told_apart(problem, effort).values()
        yield _row(problem.words, *apart, _holds(all(one.may_be(0, 0.05) for one in apart)))


def _test_sets(effort: Effort) -> Lines:
    yield from _text(
        "The truth is the score of the same trained model on 400,000 fresh rows. Test sets that are refused an "
        "interval do not count."
    )
    yield from _covered(TEST_SETS, coverage_of_rows, effort)


def _areas(effort: Effort) -> Lines:
    yield from _text("Among 1,000 negative rows. Scores are normal, their means so many standard deviations apart.")
    yield from _table("positive rows", "apart", "covered", "DeLong's own")
    for n_positive, distance in FEW_POSITIVES:
        ours, delongs = auc_coverage(n_positive, distance, effort)
        yield _row(n_positive, f"{distance:g}", ours, f"{delongs.count / delongs.n:.3f}")


def _numbers(effort: Effort) -> Lines:
    yield from _text(
        "The sum of two of four normal columns, and errors: normal ones of a standard deviation of 1 (small: 0.2), "
        "uneven ones, whose deviation grows with a column, or Student's t of 5 or 3 degrees of freedom. Over folds the "
        "truth is the mean score on fresh test sets as large as a fold's; plain is `mean ± t * error`."
    )
    yield from _covered(numbers.FOLDS, numbers.coverage, effort)
    yield ""
    yield from _text(
        "Of one test set the truth is the score of the same trained model on 1,000,000 fresh rows. It learned from ten "
        "times as many rows as are tested."
    )
    yield from _covered(numbers.TEST_SETS, numbers.coverage_of_rows, effort)
    yield ""
    yield from _text(
        "A line through a log-normal target, which it misses by far where that is large: few rows make nearly all of "
        "the error, and most tables do not show them. Of one test set captions say that fewer intervals hold there; "
        "what is told stands beside what was counted."
    )
    over = [one for one in numbers.FAR_OFF if one.splitting is not None]
    yield from _covered(over, numbers.coverage, effort)
    yield ""
    yield from _covered([one for one in numbers.FAR_OFF if one not in over], numbers.coverage_of_rows, effort)
    yield ""
    yield from _text(
        "Two lines, each through one of the two columns, are worth the same. Counted is how often, of "
        f"{numbers.TESTS:,} times, their difference has a p-value below .05; at most .05 is to be. On one test set the "
        "lines are given, and RMSE and R² have one test."
    )
    words_of = [declared(name).words for name in numbers.METRICS]
    yield from _table("rows", *words_of, "at most .05")
    for problem in numbers.EQUALS:
        apart = numbers.told_apart(problem, effort).values()
        yield _row(problem.words.rpartition(":")[0], *apart, _holds(all(one.may_be(0, 0.05) for one in apart)))
    yield ""
    yield from _text(
        "Prediction intervals of 90 %, calibrated on a fifth of the rows by a model that learned from the others: the "
        "share of fresh rows that they hold around what that model says, and around what the model says that is "
        "served, which has learned from all rows."
    )
    yield from _table("rows", "split conformal", "as served", "from table to table", "at least .9")
    for problem in numbers.CALIBRATED:
        found = numbers.held(problem, effort)
        words = problem.words.replace("test rows", "rows")
        served = f"{found.served:.3f} ± {1.96 * found.error:.3f}"
        holds = _holds(found.served + 1.96 * found.error >= 0.9)
        yield _row(words, f"{found.split:.3f}", served, f"± {found.deviation:.3f}", holds)


PARTS: Mapping[str, tuple[str, str, Callable[[Effort], Lines]]] = {
    "gate_150": ("The gate on labels by lot, 150 rows", "gates", lambda effort: _gate(150, effort)),
    "gate_1000": ("The gate on labels by lot, 1,000 rows", "gates", lambda effort: _gate(1000, effort)),
    "gate_6819": ("The gate on labels by lot, 6,819 rows", "gates", lambda effort: _gate(6819, effort)),
    "runs": ("Whole runs on labels by lot", "runs", _runs),
    "equal": (
        '"Too much for chance" when all are equal',
        "gates",
        partial(
            _equal, settings=cells.EQUAL, alike="classes one standard deviation apart in a column of each one's own"
        ),
    ),
    "unsteady": (
        '"Too much for chance" when all are equal, trees and neighbors',
        "gates",
        partial(
            _equal,
            settings=cells.UNSTEADY,
            alike="columns as above, read by what says something else after each training",
        ),
    ),
    "by_lot": (
        '"Too much for chance" on labels by lot',
        "gates",
        partial(_equal, settings=cells.BY_LOT, alike="nothing, for labels are drawn by lot"),
    ),
    "winner": ("The winner's mean, corrected for the choice", "gates", _winner),
    "power": ("A net that is better by .05 accuracy", "gates", _power),
    "declared": ("A declared net that is no better", "gates", _declared),
    "alike": ('"Practically equal"', "gates", _alike),
    "folds": ("95 % intervals over folds", "simulations", _folds),
    "classifiers": ("95 % intervals over folds, other classifiers", "simulations", _classifiers),
    "hardly": ("A class that is hardly found", "simulations", _hardly),
    "test_sets": ("95 % intervals of one test set", "simulations", _test_sets),
    "together": ("95 % intervals of rows that hang together, or count unequally", "simulations", _together),
    "equals": ("Two equals on rows that hang together, or count unequally", "simulations", _equals),
    "numbers": ("Predicted numbers", "simulations", _numbers),
    "areas": ("95 % intervals of the ROC-AUC of one test set with few positive rows", "simulations", _areas),
}
"""Name -> heading, what of the effort counts, and what makes the section's lines; in the page's order."""
