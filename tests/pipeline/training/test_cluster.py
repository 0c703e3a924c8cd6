"""Groups on workers of Dask come out the same to the bit, whoever dies; what would come out otherwise is refused."""

import importlib.util
import logging
import os
import pickle
import signal
import socket
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from distributed import LocalCluster, Security

from experiments.language import Baseline, Ensemble, Search, Splitting
from models import boosters
from models.engine.devices import choose
from pipeline import run
from pipeline.data.ingest import ingest
from pipeline.data.split import split
from pipeline.scoring.evaluate import judge_by
from pipeline.training import cluster as training_cluster
from pipeline.training.cluster import Cluster, is_open, opened, order_of, require_usable
from pipeline.training.executors import Here
from pipeline.training.kept import KeptGroups
from pipeline.training.remote import require_alike, train_there
from pipeline.training.train import announce, train_works, trainer_of
from pipeline.training.work import Means, Work, surroundings

IRIS = ingest("iris")
FOLDS = split(IRIS, Splitting(n_folds=3), seed=1)


@pytest.fixture(scope="module")
def cluster():
    """Two processes of this machine."""
    with opened(2, None, "cpu") as executor:
        assert isinstance(executor, Cluster)
        yield executor


@pytest.fixture
def candidates(small):
    net, stopped_early, _, logistic = small.candidates
    return {
        "a net": net,
        "a net that stops early": stopped_early,
        "a vote": Ensemble(name="vote", net=net, n_members=2),
        "a baseline": logistic,
        "a search": Search(
            name="searched", candidate=logistic, space={"settings.C": (0.1, 1.0)}, n_trials=2, n_inner=2
        ),
    }


def works(candidate, **how):
    return [Work(candidate=candidate, dataset=IRIS, fold=fold, **how) for fold in FOLDS]


def _a_line_of_dask_is_shown():
    logger = logging.getLogger("distributed")
    shown = [handler for handler in logger.handlers if handler.level <= logging.ERROR]
    return bool(shown) and logger.isEnabledFor(logging.ERROR)


def means_of(executor, small, **how):
    return Means(placement=choose(), executor=executor, judge=judge_by(small), **how)


def untold(where, share):
    pass


def y_proba(trained):
    return np.stack([item.model.predict_proba(IRIS.X) for item in trained])


@pytest.mark.parametrize("kind", ["a net", "a net that stops early", "a vote", "a baseline", "a search"])
def test_workers_give_the_bits_of_this_process(cluster, small, candidates, kind):
    there, here = (
        train_works(works(candidates[kind]), means_of(executor, small), untold) for executor in (cluster, Here())
    )
    np.testing.assert_array_equal(y_proba(there), y_proba(here))
    for one, other in zip(there, here, strict=True):
        assert (one.fold_index, one.seed, one.best_epoch) == (other.fold_index, other.seed, other.best_epoch)
        np.testing.assert_equal(dict(one.history), dict(other.history))
        assert [(trial.settings, trial.score) for trial in one.trials] == [
            (trial.settings, trial.score) for trial in other.trials
        ]


def test_a_result_may_be_longer_on_its_way_than_from_one_look_to_the_next(cluster, small, candidates, monkeypatch):
    """Each look used to call it back: a large one would never have come, and some looks ended the run."""
    monkeypatch.setattr(training_cluster, "_A_LOOK", 1e-4)
    looks = []
    (trained,) = train_works(
        works(candidates["a baseline"])[:1],
        means_of(cluster, small),
        lambda where, share: looks.append(where),
    )
    assert trained.fold_index == 0
    assert looks.count("on a worker") > 3


def test_groups_and_threads_are_those_of_this_process(cluster, small, candidates):
    """So what one has trained the other finds."""
    for candidate in candidates.values():
        there, here = (
            trainer_of(candidate).groups(works(candidate), means_of(executor, small)) for executor in (cluster, Here())
        )
        assert [group.digest for group in there] == [group.digest for group in here]


def test_what_is_announced_is_trained_before_its_turn_and_once(cluster, small, candidates, tmp_path):
    kept = KeptGroups(tmp_path)
    net, logistic = candidates["a net"], candidates["a baseline"]
    means = means_of(cluster, small, finished=kept)
    train_works(works(logistic)[:1], means, untold)
    announce([works(net, epochs=4), works(logistic)], means)
    assert len(cluster._sent) == 1 + 2  # all nets at once, and the baselines that are not kept
    train_works(works(logistic), means, untold)
    assert len(cluster._sent) == 1
    train_works(works(net, epochs=4), means, untold)
    assert cluster._sent == {}
    assert (kept.n_trained, kept.n_found) == (4, 1)


def test_the_processes_of_dask_log_nothing_into_the_users_terminal(cluster):
    shown = cluster._client.run(_a_line_of_dask_is_shown)
    assert list(shown.values()) == [False, False]


def test_a_worker_that_dies_midway_costs_no_bit(cluster, small, candidates):
    client, killed = cluster._client, []
    processes = client.submit(os.getpid, pure=False).result()
    assert processes != os.getpid()

    def kill_the_busy_one():
        end = time.monotonic() + 60
        while not killed and time.monotonic() < end:
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            if busy:
                time.sleep(0.5)
                (process,) = client.run(os.getpid, workers=busy[:1]).values()
                os.kill(process, signal.SIGKILL)
                killed.append(process)
            time.sleep(0.01)

    killer = threading.Thread(target=kill_the_busy_one)
    killer.start()
    there = train_works(works(candidates["a net"], epochs=3000), means_of(cluster, small), untold)
    killer.join()
    assert len(killed) == 1
    here = train_works(works(candidates["a net"], epochs=3000), means_of(Here(), small), untold)
    np.testing.assert_array_equal(y_proba(there), y_proba(here))


def test_workers_of_another_program_or_processor_are_refused():
    here = surroundings("cpu")
    require_alike(here, surroundings("cpu"))
    for name in here:
        with pytest.raises(ValueError, match=rf"cluster: expected workers with the same .* differ=\['{name}'\]"):
            require_alike(here, {**here, name: "another"})


def test_without_the_extra_workers_are_refused_with_what_installs_it(monkeypatch, capfd, workplace):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run.main(["iris", "--workers", "2"]) == 2
    message = "cluster: expected dask.distributed. Received: workers=2. Install it: pip install 'chalktape[cluster]'."
    assert message in capfd.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("workers", "address", "device", "message"),
    [
        (2, None, "gpu", "expected nets on the CPU for --workers. Received: device='gpu'"),
        (0, "http://there:8786", "cpu", r"expected an address of tcp://HOST:PORT or tls://.* Received: cluster='http"),
        (0, "tcp://there", "cpu", r"expected an address of tcp://HOST:PORT or tls://HOST:PORT"),
        (0, "tcp://127.0.0.1:1", "cpu", r"expected a scheduler that answers. Received: cluster='tcp://127.0.0.1:1'"),
        (0, "tls://there:8786", "cpu", r"expected certificates for tls://.*DASK_DISTRIBUTED__COMM__TLS__CA_FILE"),
    ],
)
def test_what_cannot_be_used_is_refused(workers, address, device, message):
    with pytest.raises(ValueError, match=message):
        require_usable(workers, address, device)


def test_certificates_are_taken_from_the_environments_settings():
    import dask.config

    files = {"ca-file": "ca.pem", "client": {"cert": "cert.pem", "key": "key.pem"}}
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        dask.config.set({"distributed.comm.tls": files}),
    ):
        require_usable(0, f"tls://127.0.0.1:{server.getsockname()[1]}", "cpu")


def certificates(folder):
    """Makes a certificate by itself, in files, and returns Dask's settings for whoever shows it."""
    made = Security.temporary()
    folder.mkdir()
    files = {"ca.pem": made.tls_ca_file, "cert.pem": made.tls_scheduler_cert, "key.pem": made.tls_scheduler_key}
    for name, text in files.items():
        (folder / name).write_text(text)
    shown = {"ca-file": "ca.pem"}
    for who in ("scheduler", "worker", "client"):
        shown |= {f"{who}.cert": "cert.pem", f"{who}.key": "key.pem"}
    return {f"distributed.comm.tls.{name}": str(folder / file) for name, file in shown.items()}


def test_a_scheduler_of_tls_trains_for_who_has_its_certificate_and_for_nobody_else(
    tmp_path, small, candidates, monkeypatch
):
    """A scheduler and a worker that talk over sockets, in this process: nothing has to be imported once more."""
    import dask.config

    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    with dask.config.set(ours):
        how = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
        with LocalCluster(protocol="tls://", security=Security(), **how) as dask_cluster:
            address = dask_cluster.scheduler_address
            assert address.startswith("tls://")
            require_usable(0, address, "cpu")
            with opened(0, address, "cpu") as executor:
                there = train_works(works(candidates["a baseline"]), means_of(executor, small), untold)
            monkeypatch.setattr("pipeline.training.cluster._SECONDS_TO_ANSWER", 2)
            with (
                dask.config.set(others),
                pytest.raises(ValueError, match=r"expected a scheduler of Dask\. Received: cluster=.tls://"),
                opened(0, address, "cpu"),
            ):
                pass
    here = train_works(works(candidates["a baseline"]), means_of(Here(), small), untold)
    assert np.array_equal(y_proba(there), y_proba(here))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "2", "--strategy", "mirrored"], "nets on one device each for --workers or --cluster"),
        (["--cluster", "tcp://127.0.0.1:1", "--strategy", "mirrored"], "Leave --strategy out"),
    ],
)
def test_beside_a_strategy_workers_are_refused(arguments, message, workplace, capfd):
    assert run.main(["iris", *arguments]) == 2
    assert message in capfd.readouterr().err


def test_workers_and_an_address_are_not_asked_for_together(capfd):
    with pytest.raises(SystemExit):
        run.main(["iris", "--workers", "2", "--cluster", "tcp://there:1"])
    assert "not allowed with" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        (None, False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tls://there:8786", False),
        ("tcp://there:8786", True),
        ("tcp://10.0.0.7:8786", True),
    ],
)
def test_an_open_address_off_this_machine_is_told(address, is_told):
    assert is_open(address) is is_told


def test_what_somebody_else_registered_is_trained_in_this_process(cluster, small, candidates):
    class Alone:
        apart = False

        def train(self, group, means, progress):
            return (os.getpid(),)

    strange = [replace(group, is_judge_ours=False) for group in _groups(cluster, small, candidates["a baseline"])]
    assert list(cluster.map(Alone(), strange, means_of(cluster, small), untold)) == 3 * [(os.getpid(),)]


def _groups(executor, small, candidate):
    return trainer_of(candidate).groups(works(candidate), means_of(executor, small))


def test_a_worker_that_has_another_version_of_a_boosting_library_is_refused(monkeypatch):
    work = Work(candidate=Baseline(name="boosting", algorithm="lightgbm"), dataset=IRIS, fold=FOLDS[0])
    order = order_of(Means(placement=choose(), executor=Here()).group([work]))
    monkeypatch.setattr(boosters, "installed_version", lambda name: "another")
    with pytest.raises(ValueError, match=r"expected workers with the same .* differ=\['libraries'\]"):
        train_there(order, pickle.dumps(IRIS))
