"""`Traffic`: calls that go on in the background while the configuration changes."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import traitconf as tc
from traitconf.demo.article import Article
from traitconf.demo.shelf import Shelf
from traitconf.traits import Sluggable


class Traffic:
    """A `with` block during which threads save articles of a tenant and read its settings.

    Attributes:
        calls: how many calls were answered.
        errors: what was raised, which should be nothing.
    """

    def __init__(self, tenant: str, threads: int = 2) -> None:
        """Prepare; the calls begin with the block."""
        self.tenant = tenant
        self.calls = 0
        self.errors: list[Exception] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Self:
        """Begin to call."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop calling."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, calls: int) -> None:
        """Return when so many more calls were answered, or one failed."""
        target = self.calls + calls
        while self.calls < target and not self.errors:
            self._stop.wait(0.001)

    def _run(self) -> None:
        settings = tc.reader(Sluggable, Article)
        with tc.tenant(self.tenant):
            article = Article("Calls that go on", "", Shelf())
            while not self._stop.is_set():
                try:
                    article.save()
                    settings()
                except Exception as error:  # noqa: BLE001 -- whatever is raised is counted and shown
                    self.errors.append(error)
                with self._lock:
                    self.calls += 1
