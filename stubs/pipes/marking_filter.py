"""
title: Marking filter
description: Leaves a mark on what goes in, on each piece that comes out, and on the whole answer. Needs no package.
version: 1.0
"""

from pydantic import BaseModel


class Filter:
    class Valves(BaseModel):
        priority: int = 0
        MARK: str = "marked"

    class UserValves(BaseModel):
        TONE: str = "plain"

    def __init__(self):
        self.valves = self.Valves()

    async def inlet(self, body: dict, __user__: dict) -> dict:
        text = body["messages"][-1]["content"]
        if "refuse me" in text:
            raise ValueError(f"{self.valves.MARK} refuses")
        body["messages"][-1]["content"] = f"{text} <in {self.valves.MARK} {__user__['valves'].TONE}>"
        return body

    def stream(self, event: dict) -> dict:
        for choice in event.get("choices", []):
            content = choice.get("delta", {}).get("content")
            if content:
                choice["delta"]["content"] = content.replace("w2", f"w2<{self.valves.MARK}>")
        return event

    async def outlet(self, body: dict) -> dict:
        body["messages"][-1]["content"] += f" <out {self.valves.MARK}>"
        return body
