from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from pipeline.data.table import Table
from pipeline.decisions.decide import decide
from pipeline.decisions.page import decisions_section
from pipeline.decisions.sentences import answers, cheapest_candidate, keyed
from pipeline.decisions.subgroups import ALL, Judged, described, differences, levels, require_column
from pipeline.scoring.one_test_set import wilson_interval


@pytest.fixture(scope="module")
def customers():
    """400 customers of five cities, of ages, with gaps, twelve shops and a day of the first purchase."""
    random, n = np.random.default_rng(0), 400
    frame = pd.DataFrame(
        {
            "city": random.choice(["Bonn", "Köln", "Ulm"], n, p=[0.6, 0.3, 0.1]),
            "shop": [f"s{shop:02d}" for shop in np.minimum(random.geometric(0.25, n), 13)],
            "age": np.where(random.random(n) < 0.1, np.nan, random.integers(18, 90, n)),
            "member": random.choice(["yes", "no"], n),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, n), unit="D"),
            "left": random.choice(["yes", "no"], n),
        }
    )
    return frame.assign(since=frame["since"].dt.strftime("%Y-%m-%d"))


@pytest.fixture(scope="module")
def dataset(customers):
    return Table(source=customers, target="left", kinds={"shop": "category", "since": "date"}).load()


def test_a_category_has_its_levels_as_they_stand_in_the_table(customers, dataset):
    for column in ("city", "member"):
        found = {level.name: level.rows for level in levels(dataset, column)}
        assert set(found) == set(customers[column])
        for name, rows in found.items():
            assert rows.tolist() == (customers[column] == name).tolist()


def test_rare_levels_are_one(customers, dataset):
    *kept, rarer = levels(dataset, "shop")
    counts = customers["shop"].value_counts()
    assert {level.name for level in kept} == set(counts.index[:8])
    assert rarer.name == f"{len(counts) - 8} rarer ones"
    assert np.sum([level.rows for level in (*kept, rarer)], axis=0).tolist() == [1] * 400


def test_a_number_has_thirds_and_gaps_are_a_level_of_their_own(customers, dataset):
    *thirds, missing = levels(dataset, "age")
    assert (missing.name, missing.rows.tolist()) == ("missing", customers["age"].isna().tolist())
    low, high = customers["age"].quantile([1 / 3, 2 / 3])
    assert [level.name for level in thirds] == [f"up to {low:g}", f"above {low:g} up to {high:g}", f"above {high:g}"]
    assert np.sum([level.rows for level in (*thirds, missing)], axis=0).tolist() == [1] * 400
    assert np.ptp([level.rows.sum() for level in thirds]) < 25
    assert levels(dataset, "since")[0].name.startswith("up to 2020-")


def test_an_unknown_column_is_answered_with_the_closest(dataset):
    with pytest.raises(ValueError, match=r"by: expected a column that models look at\. Received: by='citty'\. Did you"):
        require_column(dataset, "citty")
    require_column(dataset, " city ")


def drawn(seed, n=900, *, shift=0.0, found=None):
    """Rows of three groups of different risk; ``shift`` moves the log odds of the first, ``found`` its raised rows."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 3, n)
    odds = random.normal(-1.5 + 0.7 * group, 1.0, n)
    positive = random.random(n) < expit(odds)
    probability = expit(odds + shift * (group == 0))
    raised = random.random(n) < np.where(positive, 0.7, 0.2)
    if found is not None:
        raised = np.where((group == 0) & positive, random.random(n) < found, raised)
    rows = Judged(positive=positive, probability=probability, raised=raised)
    return rows, [group == one for one in range(3)]


def test_groups_that_differ_by_chance_are_told_apart_in_one_of_twenty_cases_at_most():
    smallest = [np.nanmin(differences(*drawn(seed))) for seed in range(400)]
    # 0.05 is meant at most; 32 or more of 400 happen once in 180 times.
    assert np.sum(np.array(smallest) < 0.05) < 32


def test_a_group_that_is_found_less_or_overrated_is_told_apart():
    p_recall, p_large = differences(*drawn(0, 2000, found=0.2))
    assert p_recall[0] < 0.001
    assert np.nanmin(p_large) > 0.05
    p_recall, p_large = differences(*drawn(1, 2000, shift=1.0))
    assert p_large[0] < 0.001
    assert np.nanmin(p_recall) > 0.05


def test_what_is_off_alike_for_all_is_no_difference():
    rows, inside = drawn(2, 2000)
    moved = replace(rows, probability=expit(logit(rows.probability) + 1))
    assert np.nanmin(differences(moved, inside)[1]) > 0.05


def test_two_groups_are_one_test():
    rows, (first, *_) = drawn(3, 600, found=0.5)
    p_recall, p_large = differences(rows, [first, ~first])
    assert p_recall[0] == p_recall[1]
    assert p_large[0] == p_large[1]


def test_few_rows_are_not_tested_and_fewer_not_told():
    rows, _ = drawn(4)
    few = np.arange(900) < 15
    p_recall, p_large = differences(rows, [few, ~few, np.arange(900) < 400])
    assert np.isnan([p_recall[0], p_large[0]]).all()
    assert np.isnan([p_recall[1], p_large[1]]).all()  # the others are the few
    assert np.isfinite(p_recall[2])
    told = described(rows.of(few))
    assert np.isnan([told["recall"].mean, told["share"].mean, told["probability"]]).all()
    without = rows.of(~rows.positive)
    assert np.isnan(described(without)["recall"].mean)
    assert described(without)["share"].mean == 0


@pytest.fixture(scope="module")
def by_texture(tumor_result, held_out_tumors):
    comparison = tumor_result.comparison
    decision = replace(comparison.decision, by="texture")
    result = replace(tumor_result, comparison=replace(comparison, decision=decision))
    return result, decide(result, held_out_tumors)


def test_each_test_row_is_in_one_level_once(by_texture):
    result, decided = by_texture
    tested = np.unique(np.concatenate([fold.test_rows for fold in result.folds]))
    own = {case: one for (name, case, quantity), one in keyed(decided.subgroups).items() if quantity == "share"}
    assert own[ALL].n == len(tested) == sum(one.n for case, one in own.items() if case != ALL)
    low = np.quantile(result.dataset.X[:, 0], 1 / 3)
    inside = tested[result.dataset.X[tested, 0] <= low]
    first = next(case for case in own if case.startswith("up to"))
    expected = wilson_interval(int((result.dataset.y[inside] == 1).sum()), len(inside))
    assert (own[first].mean, own[first].low, own[first].n) == (expected.mean, expected.low, len(inside))


def told_of_levels(result, decided):
    (sentence,) = [one for one in answers(result, decided) if one.startswith("By “texture”")]
    return sentence


def changed(decided, case, **means):
    name = cheapest_candidate(decided)
    return replace(
        decided,
        subgroups=tuple(
            replace(one, mean=means[one.quantity])
            if one.candidate == name and one.quantity in means and case in (None, one.case) and one.case != ALL
            else one
            for one in decided.subgroups
        ),
    )


def test_a_level_is_named_only_where_its_difference_is_beyond_chance(by_texture):
    result, decided = by_texture
    case = next(one.case for one in decided.subgroups if one.case.startswith("up to"))
    calm = changed(decided, None, p_recall=0.3, p_in_the_large=0.06)
    assert "nothing that" in (sentence := told_of_levels(result, calm))
    assert "the smallest p is 0.0600" in sentence
    assert case not in sentence
    one = told_of_levels(result, changed(calm, case, p_recall=0.01, recall=0.4))
    assert f"of the malignant tumors of “{case}” it finds 40\u00a0%" in one
    assert "p 0.0100 after Holm's correction" in one
    off = told_of_levels(result, changed(calm, case, p_in_the_large=0.02, in_the_large=-0.05))
    assert f"the probabilities of “{case}” are 5.00 points too low" in off
    unknown = {"p_recall": float("nan"), "p_in_the_large": float("nan")}
    some = told_of_levels(result, changed(calm, case, **unknown))
    assert some.endswith(f" Of “{case}” too few rows are malignant, or too few are not, for a test.")
    assert "for a test" not in sentence
    few = told_of_levels(result, changed(decided, None, **unknown))
    assert "too few malignant tumors in each" in few


def test_the_page_shows_levels_where_a_column_is_declared(by_texture, tumor_result, decided):
    section = decisions_section(*by_texture)
    assert "groups" in section.anchors
    assert next(row.title for row in section.values["levels"]) == ALL
    assert "subgroups.csv" in section.tables
    assert 'id="groups"' in section.html
    without = decisions_section(tumor_result, decided)
    assert "groups" not in without.anchors
    assert "subgroups.csv" not in without.tables
