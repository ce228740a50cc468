"""
title: Kit pipe
description: Answers through the gateway; needs a package that only the served index has.
version: 1.0
requirements: gauntlet-pipe-kit==1.0
"""

import json
import os
from collections.abc import AsyncIterator

import httpx
from gauntlet_pipe_kit import last_user_text, worker
from pydantic import BaseModel


class Pipe:
    class Valves(BaseModel):
        GATEWAY_URL: str = os.environ.get("GATEWAY_URL", "")
        MODEL: str = "baseline-cli-agent"
        TIMEOUT_SECONDS: float = 120

    def __init__(self):
        self.valves = self.Valves()

    async def pipe(self, body: dict) -> str | AsyncIterator[str]:
        if last_user_text(body["messages"]).strip() == "/pid":
            return json.dumps(worker())
        answer = self._ask(body["messages"])
        return answer if body.get("stream") else "".join([piece async for piece in answer])

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
