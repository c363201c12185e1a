"""Processes that race: started together, bounded in time, and each with its own word at the end.

They are forked from a clean server process that has the program imported, not from
pytest: none of them shares a connection, a cache or a lock with another.
"""

import contextlib
import json
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic
from typing import Any

from tests.races.sizes import PATIENCE

A_WHILE = 5.0  # seconds between two looks at whether a job has failed
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["__main__", "booking.factory", "tests.races.worker"])


@dataclass(frozen=True)
class Job:
    """A function of this project, by reference, and its arguments."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


def run(folder: Path, jobs: Sequence[Job]) -> list[Any]:
    """Do jobs at once, each in a process of its own, and return their answers in order.

    Raises AssertionError with the traceback of one that failed, or when one hangs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answers = [folder / f"answer-{number}.json" for number in range(len(jobs))]
    processes = [start(job, answer) for job, answer in zip(jobs, answers, strict=True)]
    try:
        deadline = monotonic() + PATIENCE
        while any(process.is_alive() for process in processes) and not any(map(_has_failed, answers)):
            assert monotonic() < deadline, "a process hangs"
            wait([process.sentinel for process in processes if process.is_alive()], A_WHILE)
        for failed in filter(_has_failed, answers):
            read_answer(failed)
        return [read_answer(answer) for answer in answers]
    finally:
        for process in processes:
            kill(process)


def start(job: Job, answer: Path) -> BaseProcess:
    """Start a job in a process of its own."""
    process = CONTEXT.Process(target=_do, args=(job, answer), daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """End a process at once, wherever it is, and wait until it is gone."""
    if process.is_alive():
        process.kill()
    process.join()
    process.close()


@contextlib.contextmanager
def beside(job: Callable[..., Any], folder: Path, *arguments: Any) -> Iterator[list[Any]]:
    """Run a job beside the others until the block ends; its answer is in the list afterwards.

    The job is given an event that is set when it should stop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stop: Event = CONTEXT.Event()
    ready: Event = CONTEXT.Event()
    answer, found = folder / "beside.json", []
    process = start(Job(job, (*arguments, ready, stop)), answer)
    try:
        assert ready.wait(PATIENCE), "the process beside did not begin"
        yield found
        stop.set()
        process.join(PATIENCE)
        found.append(read_answer(answer))
    finally:
        kill(process)


def read_answer(answer: Path) -> Any:
    """Return what a job returned.

    Raises AssertionError with its traceback when it failed, or said nothing.
    """
    assert answer.exists(), "a process ended without a word"
    said = json.loads(answer.read_text())
    assert "failed" not in said, said["failed"]
    return said["done"]


def _has_failed(answer: Path) -> bool:
    """Say whether a job has failed already: those who wait for it would wait in vain."""
    return answer.exists() and "failed" in json.loads(answer.read_text())


def _do(job: Job, answer: Path) -> None:
    try:
        said = {"done": job.work(*job.arguments)}
    except BaseException:  # noqa: BLE001 - whatever it was, the test must see it
        said = {"failed": traceback.format_exc()}
    draft = answer.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(said))
    draft.rename(answer)
