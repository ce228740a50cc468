"""
title: Pipe in memory
description: Keeps one context-compiler engine per user in a dictionary of the pipe.
version: 1.0
requirements: context-compiler==0.9.2
"""

from context_compiler import Engine


class Pipe:
    def __init__(self):
        self.engines: dict[str, Engine] = {}

    async def pipe(self, body: dict, __user__: dict) -> str:
        engine = self.engines.setdefault(__user__["id"], Engine())
        text = body["messages"][-1]["content"]
        if text != "/state":
            engine.step(text)
        return engine.export_json()
