"""
title: Context pipe
description: Keeps a context-compiler state per user and chat in PostgreSQL and answers through the gateway.
version: 1.0
requirements: context-compiler==0.9.2
"""

import json
import os
import re
from collections.abc import AsyncIterator

import httpx
import psycopg
from context_compiler import Engine, SemanticErrorDecision
from pydantic import BaseModel

MARK = re.compile(r"\[\[[^\[\]]*\]\]")
CONNECT_SECONDS = 10
# Any fixed number; it keeps workers from creating the table at once.
MIGRATION_LOCK = 7_021_895

SCHEMA = """
create schema if not exists pipes;
create table if not exists pipes.states (
  subject text primary key,
  state text not null,
  version bigint not null default 0,
  updated_at timestamptz not null default now()
)
"""


class Pipe:
    class Valves(BaseModel):
        GATEWAY_URL: str = os.environ.get("GATEWAY_URL", "")
        STATE_DATABASE_URL: str = os.environ.get("PIPE_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
        MODEL: str = "baseline-cli-agent"
        TIMEOUT_SECONDS: float = 120

    def __init__(self):
        self.valves = self.Valves()

    async def pipe(self, body: dict, __user__: dict, __metadata__: dict) -> str | AsyncIterator[str]:
        """`/pid` and `/state` are answered here; a directive of the compiler changes the state of this chat."""
        text = MARK.sub(" ", last_user_text(body["messages"])).strip()
        if text == "/pid":
            return json.dumps({"pid": os.getpid()})
        subject = f"{__user__['id']}:{(__metadata__ or {}).get('chat_id') or ''}"
        engine, conflict = await self._step(subject, "" if text == "/state" else text)
        if text == "/state":
            return engine.export_json()
        if conflict is not None:
            return conflict
        answer = self._ask(with_state(engine, body["messages"]))
        return answer if body.get("stream") else "".join([piece async for piece in answer])

    async def _step(self, subject: str, text: str) -> tuple[Engine, str | None]:
        """One step of the compiler under the lock of the subject's row; all workers see its result."""
        url = re.sub(r"^postgresql\+\w+:", "postgresql:", self.valves.STATE_DATABASE_URL)
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS)
        async with connection:
            await self._migrate(connection)
            await connection.execute(
                "insert into pipes.states (subject, state) values (%s, '') on conflict do nothing", (subject,)
            )
            row = await (
                await connection.execute("select state from pipes.states where subject = %s for update", (subject,))
            ).fetchone()
            engine = Engine()
            if row[0]:
                engine.import_json(row[0])
            decision = engine.step(text)
            await connection.execute(
                """update pipes.states set state = %s, version = version + 1, updated_at = now()
                   where subject = %s and state <> %s""",
                (engine.export_json(), subject, engine.export_json()),
            )
        return engine, decision.message if isinstance(decision, SemanticErrorDecision) else None

    async def _migrate(self, connection: psycopg.AsyncConnection) -> None:
        found = await (await connection.execute("select to_regclass('pipes.states')")).fetchone()
        if found[0] is None:
            await connection.execute("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            await connection.execute(SCHEMA)

    async def _ask(self, messages: list[dict]) -> AsyncIterator[str]:
        """Pieces of the answer; raises when it ends without `[DONE]`, so that a cut answer never looks whole."""
        request = {"model": self.valves.MODEL, "messages": messages, "stream": True}
        url = f"{self.valves.GATEWAY_URL}/v1/chat/completions"
        async with httpx.AsyncClient(timeout=self.valves.TIMEOUT_SECONDS) as client:
            async with client.stream("POST", url, json=request) as response:
                if response.status_code != 200:
                    raise RuntimeError(f"gateway: status {response.status_code}: {(await response.aread())[:500]!r}")
                async for line in lines_of(response):
                    if line == "data: [DONE]":
                        return
                    if not line.startswith("data: "):
                        continue
                    chunk = json.loads(line[6:])
                    if "error" in chunk:
                        raise RuntimeError(f"gateway: {chunk['error'].get('message')}")
                    for choice in chunk.get("choices", []):
                        if piece := choice.get("delta", {}).get("content"):
                            yield piece
        raise RuntimeError("gateway: the answer ended early")


async def lines_of(response: httpx.Response) -> AsyncIterator[str]:
    """Lines as event streams end them; httpx ends one at each of Unicode's separators, which JSON may contain as they are."""
    rest = b""
    async for piece in response.aiter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.rstrip(b"\r").decode()


def with_state(engine: Engine, messages: list[dict]) -> list[dict]:
    lines = [f"Premise: {engine.premise}"] if engine.premise else []
    lines += [f"{'Use' if kind == 'use' else 'Do not use'}: {item}" for item, kind in sorted(engine.policies.items())]
    return [{"role": "system", "content": "\n".join(lines)}, *messages] if lines else messages


def last_user_text(messages: list[dict]) -> str:
    content = next((m.get("content") for m in reversed(messages) if m.get("role") == "user"), None)
    if isinstance(content, list):
        return "\n".join(part.get("text") or "" for part in content)
    return content or ""
