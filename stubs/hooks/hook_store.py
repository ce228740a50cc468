"""PostgreSQL behind the LiteLLM callback: what each worker loaded and saw, and the state that all of them share."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

import asyncpg

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 10
RUN = os.environ.get("GAUNTLET_RUN", "")
# Two containers have processes of one number.
SERVICE = os.environ.get("GAUNTLET_SERVICE", "")
# Any fixed number; it keeps workers that start together from creating the schema at once.
MIGRATION_LOCK = 7_021_894

SCHEMA = """
create schema if not exists hooks;
create table if not exists hooks.loads (
  id bigint generated always as identity primary key,
  pid integer not null,
  run text not null,
  service text not null,
  loaded_at timestamptz not null default now()
);
create table if not exists hooks.calls (
  run text not null,
  pid integer not null,
  n bigint not null,
  op text not null,
  probe text not null,
  hook text not null,
  detail text not null,
  primary key (run, pid, n, op)
);
create index if not exists calls_op on hooks.calls (op);
create table if not exists hooks.seen (
  request_id text not null,
  stage text not null,
  times integer not null default 1,
  pid integer not null,
  op text,
  subject text,
  model text,
  seen_at timestamptz not null default now(),
  primary key (request_id, stage)
);
create index if not exists seen_op on hooks.seen (op);
create table if not exists hooks.states (
  subject text primary key,
  state text not null,
  version bigint not null default 0,
  updated_at timestamptz not null default now()
);
"""

T = TypeVar("T")


class HookStore:
    """One pool per worker process, opened on that worker's event loop when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opening: asyncio.Task[asyncpg.Pool] | None = None

    async def pool(self) -> asyncpg.Pool:
        """The open pool, this worker's load recorded. A failed opening is tried again by the next caller."""
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_task(self._open())
        opening = self._opening
        try:
            return await asyncio.shield(opening)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            if self._opening is opening:
                self._opening = None
            raise

    async def _open(self) -> asyncpg.Pool:
        async with asyncio.timeout(CONNECT_SECONDS):
            pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=5, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS
            )
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            await connection.execute(SCHEMA)
            await connection.execute(
                "insert into hooks.loads (pid, run, service) values ($1, $2, $3)", os.getpid(), RUN, SERVICE
            )
        return pool

    async def saw(self, request_id: str, stage: str, op: str | None, subject: str | None, model: str | None) -> None:
        """Notes one request at one stage; a second sight of the same pair counts up instead of adding a row."""
        pool = await self.pool()
        await pool.execute(
            """insert into hooks.seen (request_id, stage, pid, op, subject, model) values ($1, $2, $3, $4, $5, $6)
               on conflict (request_id, stage) do update set times = hooks.seen.times + 1""",
            request_id, stage, os.getpid(), op, subject, model,
        )  # fmt: skip

    async def called(self, rows: list[tuple[int, str, str, str, str]]) -> None:
        """Notes calls of hooks: number within the worker, operation, probe, hook, detail. May be told again."""
        pool = await self.pool()
        await pool.executemany(
            "insert into hooks.calls (run, pid, n, op, probe, hook, detail) values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict do nothing",
            [(RUN, os.getpid(), *row) for row in rows],
        )

    async def change(self, subject: str, step: Callable[[str | None], tuple[str, T]]) -> T:
        """Applies `step` to the subject's state under its row lock, so that no worker's change is lost."""
        pool = await self.pool()
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "insert into hooks.states (subject, state) values ($1, '') on conflict do nothing", subject
            )
            before = await connection.fetchval(
                "select state from hooks.states where subject = $1 for update", subject
            )
            after, result = step(before or None)
            if after != before:
                await connection.execute(
                    "update hooks.states set state = $2, version = version + 1, updated_at = now() where subject = $1",
                    subject, after,
                )  # fmt: skip
            return result
