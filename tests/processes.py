"""Tests run side by side in several processes: what they make once for all of them."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path


def process_name() -> str:
    """The name of this process among those that run tests, "main" if it is alone."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def once(folder: Path, name: str, make: Callable[[], object]) -> None:
    """Call `make` in the first process that comes here; the others wait until it is done."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / f"{name}.done"
        if not done.exists():
            make()
            done.touch()
