"""
title: Forms
description: A manifold whose models answer in every form that a pipe may answer in. Needs no package.
version: 1.0
"""

import json
import os

from pydantic import BaseModel

WORDS = ["one ", "two ", "three"]
FORMS = ["text", "generator", "async-generator", "chunks", "lines", "whole", "fails", "fails-inside", "valves", "tools"]


class Pipe:
    class Valves(BaseModel):
        GREETING: str = "hello"
        TIMES: int = 1

    class UserValves(BaseModel):
        TONE: str = "plain"

    def __init__(self):
        self.name = "Form "
        self.valves = self.Valves()

    async def pipes(self) -> list[dict]:
        return [{"id": form, "name": form} for form in FORMS]

    async def pipe(self, body: dict, __user__: dict, __metadata__: dict, __tools__: dict):
        form = body["model"].split(".", 1)[1]
        if form == "generator":
            return (word for word in WORDS)
        if form == "async-generator":
            return words()
        if form == "chunks":
            return (chunk(word) for word in WORDS)
        if form == "lines":
            return (f"data: {json.dumps(chunk(word))}".encode() for word in WORDS)
        if form == "whole":
            return whole("".join(WORDS)) if not body.get("stream") else (chunk(word) for word in WORDS)
        if form == "fails":
            raise RuntimeError("failed before the first word")
        if form == "fails-inside":
            return words(failing=True)
        if form == "valves":
            valves = self.valves.model_dump() | {"TONE": __user__["valves"].TONE, "pid": os.getpid()}
            return json.dumps(valves)
        if form == "tools":
            return json.dumps({name: await tool["callable"](city="Oslo") for name, tool in __tools__.items()
                               if name == "weather"})
        return "".join(WORDS)


async def words(failing: bool = False):
    for word in WORDS:
        if failing and word == WORDS[-1]:
            raise RuntimeError("failed after the second word")
        yield word


def chunk(text: str) -> dict:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}


def whole(text: str) -> dict:
    message = {"role": "assistant", "content": text}
    return {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
