"""`RedisStore`: cached results in Redis, for all processes of an application. Redis 6.2 or newer.

An entry is one key, and so is the stamp of a tag; a look is one MGET for the entry and its stamps. Stamps are random
and made by SET NX, so that one that Redis evicts never brings an old entry back.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from traitconf.runtime.cache_codec import Unreadable, read, write
from traitconf.runtime.cache_entry import Call, Entry, Found, Stamps
from traitconf.schema import forks
from traitconf.schema.settings import CacheSettings

FORMAT: Final = 1
"""Version of what an entry looks like; one of another version is none."""
STAMPED: Final = 30 * 86_400
"""How many seconds a stamp is kept; an entry whose stamp is gone is retired."""
PAGE: Final = 500
CONNECTIONS: Final = 16
"""How many connections an event loop has at most."""


class RedisStore:
    """Keeps entries in Redis.

    Args:
        settings: of the runtime.
        now: the clock, in seconds since the epoch.
    """

    name = "redis"

    def __init__(self, settings: CacheSettings, now: Callable[[], float] = time.time) -> None:
        """Connect when somebody asks for something."""
        self.now = now
        self.corrupt = 0
        self._url = settings.url.reveal()
        limit = settings.timeout.total_seconds()
        self._options: dict[str, Any] = {"socket_timeout": limit, "socket_connect_timeout": limit}
        self._loops: dict[asyncio.AbstractEventLoop, tuple[Any, Any]] = {}
        self._lock = threading.Lock()
        self.client: Any = self._connected()
        forks.follow(self)

    def forked(self) -> None:
        """Connect anew: the parent's connections are its own."""
        self._lock = threading.Lock()
        self._loops = {}
        self.client = self._connected()

    def read(self, call: Call) -> Found:
        """Return what is kept for a call, unless one of its tags was invalidated since."""
        raw, *stamps = self.client.mget(call.key, *call.tags)
        missing = [tag for tag, stamp in zip(call.tags, stamps, strict=True) if stamp is None]
        if missing:
            pipe = self.client.pipeline(transaction=False)
            self._stamp_missing(pipe, missing)
            pipe.execute()
            stamps = self.client.mget(*call.tags)
        return self._found(call, raw, stamps)

    def write(self, key: str, entry: Entry) -> None:
        """Keep an entry."""
        data, milliseconds = self._written(entry)
        self.client.set(key, data, px=milliseconds)

    def stamp(self, tags: Iterable[str]) -> None:
        """Invalidate tags: give each of them another stamp."""
        pipe = self.client.pipeline(transaction=False)
        for tag in tags:
            pipe.set(tag, secrets.token_hex(8), ex=STAMPED)
        pipe.execute()

    async def aread(self, call: Call) -> Found:
        """Do what `read` does, awaited."""
        client = await self._aclient()
        raw, *stamps = await client.mget(call.key, *call.tags)
        missing = [tag for tag, stamp in zip(call.tags, stamps, strict=True) if stamp is None]
        if missing:
            pipe = client.pipeline(transaction=False)
            self._stamp_missing(pipe, missing)
            await pipe.execute()
            stamps = await client.mget(*call.tags)
        return self._found(call, raw, stamps)

    async def awrite(self, key: str, entry: Entry) -> None:
        """Do what `write` does, awaited."""
        data, milliseconds = self._written(entry)
        client = await self._aclient()
        await client.set(key, data, px=milliseconds)

    async def astamp(self, tags: Iterable[str]) -> None:
        """Do what `stamp` does, awaited."""
        client = await self._aclient()
        pipe = client.pipeline(transaction=False)
        for tag in tags:
            pipe.set(tag, secrets.token_hex(8), ex=STAMPED)
        await pipe.execute()

    def keys(self, pattern: str) -> Iterator[str]:
        """Yield the keys that match a pattern of Redis, without holding it up.

        Args:
            pattern: with `*` for anything.
        """
        for key in self.client.scan_iter(match=pattern, count=PAGE):
            yield key.decode("ascii", "replace")

    def remove(self, keys: Sequence[str]) -> int:
        """Remove entries, and return how many there were.

        Args:
            keys: of the entries.
        """
        pages = [keys[at : at + PAGE] for at in range(0, len(keys), PAGE)]
        return sum(self.client.unlink(*page) for page in pages)

    def seconds_left(self, key: str) -> float:
        """Return how long a key is kept; 0 when it is gone.

        Args:
            key: of an entry.
        """
        return max(0.0, float(self.client.pttl(key)) / 1000)

    def tell(self, key: str) -> dict[str, Any]:
        """Return what can be said of an entry without its value.

        Args:
            key: of the entry.
        """
        raw = self.client.get(key)
        if raw is None:
            return {"state": "gone"}
        try:
            record = read_record(raw)
        except Unreadable as error:
            return {"state": f"unreadable: {error}", "bytes": len(raw)}
        now = self.now()
        fresh = record["t"][1] - now
        told = {"age_seconds": now - record["t"][0], "fresh_seconds": max(0.0, fresh), "bytes": len(raw)}
        return {"state": "fresh" if fresh > 0 else "stale", "tags": len(record["g"]), **told}

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    def _connected(self) -> Any:
        return redis.Redis.from_url(self._url, retry=Retry(NoBackoff(), 0), **self._options)

    async def _aclient(self) -> Any:
        """Return the client of the running loop: a connection belongs to the loop that made it."""
        loop = asyncio.get_running_loop()
        with self._lock:
            found = self._loops.get(loop)
            if found is None:
                pool = redis.asyncio.BlockingConnectionPool.from_url(
                    self._url,
                    retry=AsyncRetry(NoBackoff(), 0),
                    max_connections=CONNECTIONS,
                    timeout=self._options["socket_timeout"],
                    **self._options,
                )
                client = redis.asyncio.Redis(connection_pool=pool)
                ending = self._while_open(loop, client)
                self._loops[loop] = client, ending
        if found is not None:
            return found[0]
        await anext(ending)
        return client

    async def _while_open(self, loop: asyncio.AbstractEventLoop, client: Any) -> AsyncIterator[None]:
        """Wait for the end of a loop: whoever ends it closes its generators first, and with this one the client."""
        try:
            yield
        finally:
            self._loops.pop(loop, None)
            await client.aclose()
            await client.connection_pool.disconnect()

    @staticmethod
    def _stamp_missing(pipe: Any, tags: Iterable[str]) -> None:
        for tag in tags:
            pipe.set(tag, secrets.token_hex(8), nx=True, ex=STAMPED)

    def _found(self, call: Call, raw: bytes | None, stamps: Sequence[bytes | None]) -> Found:
        texts: Stamps = tuple(stamp.decode("ascii", "replace") if stamp is not None else "" for stamp in stamps)
        if raw is None:
            return Found(None, texts)
        try:
            entry = read_entry(raw, call)
        except Unreadable:
            self.corrupt += 1
            return Found(None, texts)
        is_valid = entry.stamps == texts and "" not in texts
        return Found(entry if is_valid else None, texts)

    def _written(self, entry: Entry) -> tuple[bytes, int]:
        """Return the bytes of an entry, and how many milliseconds Redis keeps them."""
        record = {
            "f": FORMAT,
            "v": write(entry.value),
            "t": [entry.moment, entry.until, entry.stale_until, entry.error_until],
            "g": list(entry.stamps),
        }
        data = json.dumps(record, separators=(",", ":"), allow_nan=False).encode()
        return data, max(1, int((entry.gone - self.now()) * 1000))


def read_record(raw: bytes) -> dict[str, Any]:
    """Return what is written of an entry, its value not read yet.

    Args:
        raw: what Redis holds.

    Raises:
        Unreadable: when it is broken, or of another version.
    """
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if type(record) is not dict or record.get("f") != FORMAT:
        raise Unreadable("it is of another version")
    times, stamps = record.get("t"), record.get("g")
    if type(times) is not list or [type(one) for one in times if type(one) in (int, float)] != [*map(type, times)]:
        raise Unreadable("its times are none")
    if len(times) != 4 or type(stamps) is not list or "v" not in record:
        raise Unreadable("something is missing")
    return record


def read_entry(raw: bytes, call: Call) -> Entry:
    """Return an entry that was written.

    Args:
        raw: what Redis holds.
        call: for which it was asked.

    Raises:
        Unreadable: when it is broken, or of another version.
    """
    record = read_record(raw)
    moment, until, stale_until, error_until = record["t"]
    value = read(record["v"], call.records())
    # Nobody else has this object, so that it may be handed out as it is.
    return Entry(value, until, stale_until, error_until, tuple(record["g"]), is_shared=True, moment=moment)
