# Two commands do everything on a fresh machine with Python 3.11+: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: run test lint bench tune bench-tables coverage ui install clean

run: $(INSTALLED)  ## the lecture, iris and digits against baselines, no network needed; MNIST and bankruptcy where their files are
	$(BIN)/python -m pipeline.run

# Two processes of tests take two cores: OpenMP's threads would wait for each other, and by their default keep a core busy.
test: $(INSTALLED)  ## every test; those of real data need their folder in $$PIPELINE_DATA_DIR
	OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(INSTALLED)  ## speed against peers (docs/benchmarks.md), and whole tables (docs/large_tables.md)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.tables

tune: $(INSTALLED)  ## which ways of training pay on this processor: writes its entry in models/engine/ways.json
	$(BIN)/python -m benchmarks.tuning

bench-tables: $(INSTALLED)  ## nets beside boosting on real tables: writes docs/ranks.md, part by part; an interrupted one goes on
	$(BIN)/python -m benchmarks.ranks

coverage: $(INSTALLED)  ## what intervals cover and how often the gate passes by luck, simulated: writes docs/statistics.md
	$(BIN)/python -m benchmarks.coverage

ui: $(INSTALLED)  ## the MLflow UI on what was run
	$(BIN)/python -m pipeline.ui

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or newer is needed. Received: '`$(PYTHON) --version`'. Call: make PYTHON=python3.12 $(MAKECMDGOALS)'; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

clean:  ## removes what was installed; runs and data stay
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache
