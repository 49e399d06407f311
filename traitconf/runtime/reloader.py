"""`Reloader`: reads the configuration again when a file has changed or a signal came; in one background thread."""

from __future__ import annotations

import logging
import queue
import signal
import threading
import weakref
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final

from traitconf.runtime.listening import listener
from traitconf.runtime.watch import Contents, Watch
from traitconf.schema import forks
from traitconf.schema.settings import WatchOptions

log: Final = logging.getLogger("traitconf.watch")
_LOOK, _RELOAD, _STOP = "look", "reload", "stop"
_PATIENT: Final = 10
"""How many times rarer files are looked at where a listener tells of changes; and how often quiet is waited for."""


class Reloader:
    """One daemon thread, begun when there is something to wait for. It keeps its runtime only weakly.

    Requests travel in a `SimpleQueue`, whose `put` may be called from a signal handler.
    """

    def __init__(self, watch: Watch, attempt: Callable[[Callable[[], bool]], object]) -> None:
        """Begin without a thread.

        Args:
            watch: the files.
            attempt: a method that reloads where a function says so that it is given; it raises nothing.
        """
        self._watch = watch
        self._attempt = weakref.WeakMethod(attempt)
        self._options = WatchOptions()
        self._seen: Contents = {}
        self._requests: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._deaf: threading.Event | None = None
        self._former: dict[int, Any] = {}
        self._is_attempting = False
        self._lock = threading.RLock()
        forks.follow(self)

    def forked(self) -> None:
        """Make lock and queue anew."""
        self._lock, self._requests = threading.RLock(), queue.SimpleQueue()
        if self._is_attempting:  # the parent's thread has not read it for us
            self._seen, self._is_attempting = {}, False

    def resumed(self) -> None:
        """Begin the threads anew that the parent had."""
        was_running, self._thread, self._deaf = self._thread is not None, None, None
        if was_running:
            self._begin()
        if self._options.enabled:
            self._listen()
        self._requests.put(_LOOK)

    def follow(self, options: WatchOptions, contents: Mapping[str, str]) -> None:
        """Go by a new configuration.

        Args:
            options: whether and how to watch.
            contents: hashes of the files that it was read from.
        """
        with self._lock:
            former, self._options = self._options, options
            if not options.enabled:
                self._be_deaf()
                self._requests.put(_LOOK)
                return
            self._seen = {**self._watch.variables(), **contents}
            if options != former:
                self._be_deaf()
                self._listen()
            self._begin()
            self._requests.put(_LOOK)  # something may have changed while it was read; and another interval may hold

    def on_signal(self, number: int) -> None:
        """Reload when a signal comes; a handler that was there before is called as well.

        Args:
            number: of the signal.

        Raises:
            ValueError: outside of the main thread.
        """
        if number in self._former:
            return
        former = signal.getsignal(number)

        def receive(received: int, frame: FrameType | None) -> None:
            self._requests.put(_RELOAD)
            if callable(former):
                former(received, frame)

        signal.signal(number, receive)
        self._former[number] = former
        self._begin()

    def stop(self) -> None:
        """End the threads, and give signals back where this is still the main thread."""
        with self._lock:
            self._be_deaf()
            self._requests.put(_STOP)
            thread, self._thread = self._thread, None
            self._options = WatchOptions()
        if threading.current_thread() is threading.main_thread():
            for number, former in self._former.items():
                signal.signal(number, former if former is not None else signal.SIG_DFL)
            self._former.clear()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=1)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._requests = queue.SimpleQueue()
                work = threading.Thread(target=_serve, args=(weakref.ref(self), self._requests), daemon=True)
                work.name = "traitconf-reload"
                weakref.finalize(self, self._requests.put, _STOP).atexit = False
                self._thread = work
                work.start()

    def _listen(self) -> None:
        """Have the system tell of changes, where an adapter can."""
        listen = None if self._options.force_polling else listener()
        if listen is None:
            return
        deaf = self._deaf = threading.Event()
        arguments = (listen, [path for path in self._watch.paths if path.exists()], deaf, weakref.ref(self))
        threading.Thread(target=_hear, args=arguments, name="traitconf-listen", daemon=True).start()

    def _be_deaf(self) -> None:
        if self._deaf is not None:
            self._deaf.set()
            self._deaf = None

    def tell(self) -> None:
        """Have the files looked at soon."""
        self._requests.put(_LOOK)

    def lose(self, deaf: threading.Event) -> None:
        """Look at the files oneself from now on: the listener cannot tell any more.

        Args:
            deaf: what the listener was given to know when nobody listens.
        """
        with self._lock:
            if self._deaf is deaf:
                self._deaf = None
        self.tell()

    def patience(self) -> float | None:
        """Return after how many seconds the files are looked at without being asked."""
        if not self._options.enabled:
            return None
        seconds = self._options.interval.total_seconds()
        return seconds if self._deaf is None else seconds * _PATIENT

    def handle(self, request: str, requests: queue.SimpleQueue[str]) -> bool:
        """Do what a request asks for.

        Args:
            request: to look, or to reload.
            requests: where further ones come from.

        Returns:
            whether the thread goes on.
        """
        if request == _LOOK and not (self._options.enabled and self._watch.contents() != self._seen):
            return True
        contents = self._settle(requests)
        if contents is None:
            return False
        attempt = self._attempt()
        if attempt is None:
            return False
        attempt(lambda: self._claim(request, contents))
        self._is_attempting = False
        return True

    def _claim(self, request: str, contents: Contents) -> bool:
        """Whether contents are still to be read: somebody may have reloaded while the files settled."""
        if request == _LOOK and contents == self._seen:
            return False
        self._is_attempting, self._seen = True, contents
        return True

    def _settle(self, requests: queue.SimpleQueue[str]) -> Contents | None:
        """Wait until nothing changes any more, and return what the files hold then; nothing when it is over."""
        contents = self._watch.contents()
        for _ in range(_PATIENT):
            request = _take(requests, self._options.debounce.total_seconds())
            if request == _STOP:
                return None
            former, contents = contents, self._watch.contents()
            if request is None and contents == former:
                break
        return contents


def _take(requests: queue.SimpleQueue[str], seconds: float | None) -> str | None:
    try:
        return requests.get(timeout=seconds)
    except queue.Empty:
        return None


def _serve(reference: weakref.ref[Reloader], requests: queue.SimpleQueue[str]) -> None:
    """Serve requests until the reloader is stopped or gone."""
    while True:
        reloader = reference()
        seconds = reloader.patience() if reloader is not None else 0
        del reloader
        request = _take(requests, seconds) or _LOOK
        reloader = reference()
        if reloader is None or request == _STOP:
            return
        try:
            if not reloader.handle(request, requests):
                return
        except Exception:  # whatever it is, the next change must be noticed
            log.exception("watching the configuration failed; it goes on")
        del reloader


def _hear(listen: Any, paths: list[Any], deaf: threading.Event, reference: weakref.ref[Reloader]) -> None:
    """Pass on what a listener tells; where it fails, files are looked at often again."""
    try:
        for told in listen(paths, deaf):
            reloader = reference()
            if reloader is None or deaf.is_set():
                return
            if told:
                reloader.tell()
            del reloader
    except Exception as error:  # noqa: BLE001 -- foreign code; what it cannot do is done by looking
        log.warning("cannot be told of changes, so files are looked at instead: %r", error)
    reloader = reference()
    if reloader is not None and not deaf.is_set():
        reloader.lose(deaf)
