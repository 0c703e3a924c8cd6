from pipeline.comparison.terms import method_section


def test_every_interval_is_told_of_with_the_metrics_that_have_it(tumor_result):
    methods = method_section(tumor_result).values["methods"]
    assert set(methods) == {summary.method for summary in tumor_result.summaries}
    for method, words in methods.items():
        told = {summary.metric for summary in tumor_result.summaries if summary.method == method}
        assert len(words.split(", ")) == len(told)
