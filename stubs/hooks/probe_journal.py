"""Where callbacks write down that they were called: the table `hooks.calls`, in the order of the calls of each worker."""

import asyncio
import itertools
import os
import sys
from collections import deque

from hook_store import HookStore

CAPACITY = 20_000
ATTEMPTS = 5
PAUSE_SECONDS = 0.5
POLL_SECONDS = 0.005


class Journal:
    """Hooks that are no coroutines note their calls too, so writing is left to a task."""

    def __init__(self, store: HookStore) -> None:
        self._store = store
        self._numbers = itertools.count()
        self._noted = self._settled = -1
        self._waiting: deque = deque(maxlen=CAPACITY)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writing: asyncio.Task | None = None

    def note(self, op: str, probe: str, hook: str, detail: object) -> None:
        self._noted = next(self._numbers)
        self._waiting.append((self._noted, op, probe, hook, str(detail)))
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        self._loop.call_soon_threadsafe(self._write)

    async def written(self) -> None:
        """Waits until what was noted so far is in the table, or was given up."""
        last = self._noted
        while self._settled < last:
            await asyncio.sleep(POLL_SECONDS)

    def _write(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = self._loop.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiting:
            rows = [self._waiting.popleft() for _ in range(len(self._waiting))]
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await self._store.called(rows)
                    break
                except Exception as error:
                    # A worker that starts keeps its event loop for seconds: the first connection may take too long.
                    told = f"attempt {attempt} to note {len(rows)} calls: {type(error).__name__}"
                    print(f"probe_hook: {told}", file=sys.stderr, flush=True)
                    await asyncio.sleep(PAUSE_SECONDS)
            self._settled = rows[-1][0]


journal = Journal(HookStore(os.environ["DATABASE_HOOKS_URL"]))
