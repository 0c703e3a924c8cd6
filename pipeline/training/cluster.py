"""Groups over the processes and machines of Dask: declarations and row numbers go out, bytes come back.

A group is trained by one worker, in the order and on the threads that were fixed for it, so that how many workers there
are changes no bit. A worker that dies loses its group, which another one trains.
"""

import importlib.util
import logging
import pickle
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

from models.checks import mistake, require
from pipeline.process import interrupts
from pipeline.training.beside import Task
from pipeline.training.executors import Here, within
from pipeline.training.packing import unpack
from pipeline.training.remote import require_alike, surroundings_there, train_there
from pipeline.training.search import SearchTrainer
from pipeline.training.values import Trained
from pipeline.training.work import Group, Means, Progress, Trainer, surroundings

_WHO = "cluster"
_SECONDS_TO_ANSWER = 20
_START = "Start dask scheduler and dask worker there, or leave --cluster out."
_A_LOOK = 0.5  # seconds between two looks whether an end was asked for
_HELD = 3  # data sets that workers are asked to hold
_CERTIFICATES = ("ca-file", "client.cert", "client.key")


class Cluster:
    """Trains groups on the workers of Dask; what somebody else registered, and what only leads, in this process.

    Args:
        client: Of ``dask.distributed``.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._here = Here()
        self.threads = self._here.threads
        self._sent: dict[str, Any] = {}  # digest of a group -> its future
        self._data: dict[str, Any] = {}  # digest of a data set -> its future

    def hears_of(self, trainer: Trainer) -> bool:
        """Returns whether it does anything with what works so before its turn: workers are there for all."""
        return True

    def announce(self, tasks: Sequence[Task]) -> None:
        """Sends out groups that will be asked for later, so that no worker waits for a candidate's turn."""
        for _, group in tasks:
            if group.is_told and group.judge is None and group.digest not in self._sent:
                self._sent[group.digest] = self._send(group)

    def map(
        self, trainer: Trainer, groups: Sequence[Group], means: Means, progress: Progress
    ) -> Iterator[tuple[Trained, ...]]:
        """Yields what became of each group, in order; arguments as of ``Here.map``.

        Raises:
            ValueError: Workers that would compute other bits, or that died of a group one after the other.
        """
        if isinstance(trainer, SearchTrainer) or not all(group.is_told for group in groups):
            yield from self._here.map(trainer, groups, means, progress)
            return
        self.announce([(trainer, group) for group in groups])
        try:
            for number, group in enumerate(groups):
                told = within(progress, [len(each.works) for each in groups], number)
                told("on a worker", 0.0)
                yield unpack(self._result(self._sent[group.digest], told), group)
                del self._sent[group.digest]
                told("on a worker", 1.0)
        finally:
            for group in groups:
                if (future := self._sent.pop(group.digest, None)) is not None:
                    future.cancel()

    def _send(self, group: Group) -> Any:
        data = self._held(group.works[0].dataset)
        return self._client.submit(train_there, order_of(group), data, key=f"group-{group.digest}")

    def _held(self, dataset: Any) -> Any:
        """Returns what stands for a data set: a task, which is done again where whoever held it died."""
        name = dataset.content_sha256
        if name not in self._data:
            packed = pickle.dumps(dataset, protocol=5)
            self._data[name] = self._client.submit(bytes, packed, key=f"data-{name}-{dataset.name}")
            for old in list(self._data)[:-_HELD]:
                del self._data[old]
        return self._data[name]

    def _result(self, future: Any, progress: Progress) -> bytes:
        from distributed import KilledWorker

        interrupts.check()
        fetched = _fetched(future)
        while not wait([fetched], timeout=_A_LOOK).done:
            interrupts.check()
            progress("on a worker", 0.0)
        try:
            return fetched.result()
        except KilledWorker as error:
            expected, remedy = "workers that live through a group", "Give them more memory, or take fewer."
            raise ValueError(mistake(_WHO, expected, remedy, died=error.allowed_failures + 1)) from None
        except CancelledError:
            expected, remedy = "a scheduler that stays", "Start it anew; what was finished is kept."
            raise ValueError(mistake(_WHO, expected, remedy, scheduler="gone")) from None


def _fetched(future: Any) -> Future[bytes]:
    """Waits for a result in a thread of its own, however long it takes to come over.

    Asked by Dask for a limited time it is called back on its way, with all others that come with it, at the end of that
    time; and where another one was called back Dask fails with an error of its own.
    """
    fetched: Future[bytes] = Future()

    def fetch() -> None:
        try:
            fetched.set_result(future.result())
        except BaseException as error:
            fetched.set_exception(error)

    threading.Thread(target=fetch, name="fetching", daemon=True).start()
    return fetched


def order_of(group: Group) -> bytes:
    """Returns what a worker is sent of a group besides the data set: declarations, row numbers and seeds."""
    first = group.works[0]
    order = {
        "candidates": [work.candidate for work in group.works],
        "folds": [work.fold for work in group.works],
        "epochs": first.epochs,
        "threads": group.threads,
        "device": group.device,
        "surroundings": {**surroundings(group.device), "libraries": group.libraries},
    }
    return pickle.dumps(order, protocol=5)


@contextmanager
def opened(workers: int, address: str | None, device: str) -> Iterator[Here | Cluster]:
    """Opens what trains: this process, so many others of this machine, or those of an address.

    Args:
        workers: Processes of this machine; 0 for none but this one.
        address: Of a scheduler of Dask; ``None`` without.
        device: Of nets.

    Raises:
        ValueError: See ``require_usable``; nobody answers, or workers would compute other bits.
    """
    if not workers and address is None:
        with closing(Here()) as here:
            yield here
        return
    with _silenced(), _client(workers, address) as client:
        _require_alike(client, device)
        yield Cluster(client)


def require_usable(workers: int, address: str | None, device: str) -> None:
    """Checks what can be checked before anything is opened.

    Raises:
        ValueError: Dask is not installed; an address of another kind, where nobody answers, or one of ``tls://``
            without certificates; local processes that would share a GPU.
    """
    if not workers and address is None:
        return
    installed = importlib.util.find_spec("distributed") is not None
    asked = {"workers": workers} if address is None else {"cluster": address}
    remedy = "Install it: pip install 'chalktape[cluster]'."
    require(installed, _WHO, "dask.distributed", remedy, **asked)
    remedy = "Leave --workers out: processes of one machine would share its one device."
    require(device == "cpu" or address is not None, _WHO, "nets on the CPU for --workers", remedy, device=device)
    if address is not None:
        remedy = "The scheduler tells its own as it starts, such as tcp://127.0.0.1:8786."
        is_one = urlsplit(address).scheme in ("tcp", "tls") and ":" in urlsplit(address).netloc
        require(is_one, _WHO, "an address of tcp://HOST:PORT or tls://HOST:PORT", remedy, cluster=address)
        _require_certificates(address)
        _require_answer(address)


def is_open(address: str | None) -> bool:
    """Returns whether whoever reaches an address off this machine could run code there."""
    host = urlsplit(address or "").hostname
    if host is None or urlsplit(address or "").scheme == "tls":
        return False
    return host not in ("localhost", "::1", socket.gethostname()) and not host.startswith("127.")


def _require_certificates(address: str) -> None:
    if urlsplit(address).scheme != "tls":
        return
    import dask.config
    import distributed  # noqa: F401  it brings its defaults

    missing = [name for name in _CERTIFICATES if not dask.config.get(f"distributed.comm.tls.{name}", None)]
    names = [f"DASK_DISTRIBUTED__COMM__TLS__{name.upper().replace('.', '__').replace('-', '_')}" for name in missing]
    remedy = f"Name the files in the environment: {', '.join(names)}."
    require(not missing, _WHO, "certificates for tls://", remedy, cluster=address)


def _require_alike(client: Any, device: str) -> None:
    """Asks every worker whether it computes the same bits, so that none is found out in the middle of a run."""
    workers = list(client.scheduler_info(n_workers=-1)["workers"])
    asked = [client.submit(surroundings_there, device, workers=[worker], pure=False) for worker in workers]
    for there in client.gather(asked):
        require_alike(surroundings(device), there)


def _require_answer(address: str) -> None:
    try:
        port = urlsplit(address).port or 0
        socket.create_connection((urlsplit(address).hostname or "", port), timeout=_SECONDS_TO_ANSWER).close()
    except (OSError, ValueError) as error:
        raise ValueError(mistake(_WHO, "a scheduler that answers", _START, cluster=address)) from error


@contextmanager
def _client(workers: int, address: str | None) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    if address is None:
        # With certificates of its own: nobody else on this machine may give its workers code to run.
        how: dict[str, Any] = {
            "threads_per_worker": 1,
            "security": True,
            "memory_limit": 0,
            "silence_logs": logging.CRITICAL,
        }
        how |= {"dashboard_address": "127.0.0.1:0"}
        with LocalCluster(n_workers=workers, **how) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=_SECONDS_TO_ANSWER)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(mistake(_WHO, "a scheduler of Dask", _START, cluster=address)) from error
    with client:
        remedy = f"Start some: dask worker {address} --nthreads 1."
        require(
            bool(client.scheduler_info(n_workers=-1)["workers"]),
            _WHO,
            "a scheduler with workers",
            remedy,
            cluster=address,
        )
        yield client


@contextmanager
def _silenced() -> Iterator[None]:
    """Keeps Dask's log lines away from the user: a worker that dies is replaced."""
    import dask.config
    import distributed  # noqa: F401  it sets the level of its own logger

    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):  # a data set, sent once
            yield
    finally:
        logger.setLevel(before)
