"""Tells a comparison as one self-contained HTML page; computes no statistic: what was found comes with the call."""

from collections.abc import Sequence

from pipeline.comparison.curves import curves_section
from pipeline.comparison.differences import differences_section
from pipeline.comparison.drivers.section import drivers_section
from pipeline.comparison.drivers.values import Drivers
from pipeline.comparison.exercises import exercises_section
from pipeline.comparison.glance import glances
from pipeline.comparison.images import images_section
from pipeline.comparison.learning import learning_section
from pipeline.comparison.limits import limits, too_small
from pipeline.comparison.numbers.look import Looked
from pipeline.comparison.spread import Spread
from pipeline.comparison.standing import standing_sections
from pipeline.comparison.terms import data_section, environment_section, method_section, undone_section
from pipeline.comparison.trials import trials_section, unscored
from pipeline.comparison.verdict import runner_up, verdict
from pipeline.decisions.page import decisions_section
from pipeline.decisions.values import Decided
from pipeline.scoring.power import findable
from pipeline.scoring.result import Result
from pipeline.telling.page import render
from pipeline.telling.section import Section


def sections(
    result: Result,
    decided: Decided | None = None,
    epochs: int | None = None,
    spread: Spread | None = None,
    drivers: Drivers | None = None,
    numbers: Looked | None = None,
) -> tuple[Section, ...]:
    """Returns what a comparison is told by, in the order of the page.

    Args:
        result: Whole.
        decided: What decisions lead to, where some are declared.
        epochs: Of nets, where the run was told another number than declared.
        spread: What was trained to see where it comes from.
        drivers: What drives the chosen candidate; not of images.
        numbers: How far off it is, where it predicts numbers.

    Raises:
        ValueError: There is nothing to compare, or a candidate lacks a training, scores, a summary or a contrast.
    """
    result.require_whole()
    scores, confusion, time, candidates = standing_sections(result)
    left_out = limits(result.comparison, n_folds=len(result.folds), epochs=epochs)
    missed = too_small(spread.findable if spread else findable(result))
    found = (
        exercises_section(result),
        drivers_section(result, drivers) if drivers else None,
        *(numbers.sections(result) if numbers else ()),
        scores,
        differences_section(result),
        decisions_section(result, decided) if decided else None,
        curves_section(result),
        learning_section(result),
        *(spread.sections() if spread else ()),
        confusion,
        images_section(result) if result.dataset.is_image and result.dataset.task.has_classes else None,
        time,
        candidates,
        trials_section(result),
        data_section(result),
        method_section(result),
        undone_section((*left_out, *unscored(result), *missed)),
        environment_section(result, command(result, epochs)),
    )
    return tuple(section for section in found if section)


def report(result: Result, told: Sequence[Section], registered: str = "") -> str:
    """Returns the HTML page of a comparison: the verdict first, then what it rests on, then how it was come by.

    Args:
        result: Whole.
        told: Its sections.
        registered: What became of its champion, in sentences.

    Returns:
        One page that loads nothing from elsewhere.
    """
    answers = [answer for section in told for answer in section.answers[:1]]
    return render(
        "comparison.html",
        comparison=result.comparison,
        verdict=verdict(result),
        runner_up=runner_up(result),
        answers=[*answers, registered] if registered else answers,
        glances=glances(result, _left_out(told), _beside(told)),
        sections=told,
    )


def _left_out(told: Sequence[Section]) -> Sequence[str]:
    """Returns what the page says was not done."""
    return next(section.values["left_out"] for section in told if section.template == "undone.html")


def _beside(told: Sequence[Section]) -> str:
    """Returns what took time beside the training."""
    seconds = [section.values["seconds"] for section in told if section.template == "drivers.html"]
    said = [f"What drives it took {seconds[0]} more."] if seconds else []
    decides = any(section.template == "decisions.html" for section in told)
    said += ["What decisions rest on was trained besides, on inner folds, and is not counted."] if decides else []
    return " ".join(said)


def command(result: Result, epochs: int | None = None) -> str:
    """Returns the command line that gives this result again."""
    what = result.comparison.asked or result.comparison.name
    parts = [f"chalktape run {what} --seed {result.folds[0].seed}"]
    if result.comparison.splitting.kind != "canonical":
        parts.append(f"--folds {len(result.folds)}")
    if epochs is not None:
        parts.append(f"--epochs {epochs}")
    if result.comparison.tried is not None:
        parts.append(result.comparison.tried.options)
    return " ".join(parts)
