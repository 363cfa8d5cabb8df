from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

ServerFolder = Callable[[str], AbstractContextManager[Path]]
"""By a name, a folder for the time of a `with` block."""
