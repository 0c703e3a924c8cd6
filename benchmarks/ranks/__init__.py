"""Nets beside boosting on a few real tables: the same folds, as many trials each, every choice inside training rows.

    python -m benchmarks.ranks [--trials 10] [--tables wine diabetes]

Every candidate searches its own settings on each fold anew. Tables come with scikit-learn, but for the bankruptcy
table, which is left out unless ``PIPELINE_DATA_DIR`` has it; LightGBM is left out where it is not installed. What was
measured is kept in docs/ranks.csv, so that a run that was interrupted goes on, and told in docs/ranks.md.
"""
