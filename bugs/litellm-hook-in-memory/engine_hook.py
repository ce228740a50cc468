"""LiteLLM callback that keeps one context-compiler engine per user in a dictionary of the process."""

import re

from context_compiler import Engine
from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

MARK = re.compile(r"\[\[[^\[\]]*\]\]")


class EngineHook(CustomLogger):
    def __init__(self) -> None:
        super().__init__()
        self._engines: dict[str, Engine] = {}

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        user = data.get("user")
        messages = data.get("messages") or []
        if not user or not messages:
            return data
        engine = self._engines.setdefault(user, Engine())
        decision = engine.step(MARK.sub(" ", str(messages[-1].get("content"))).strip())
        if getattr(decision, "message", None):
            raise HTTPException(status_code=400, detail={"error": decision.message})
        lines = [f"Use: {item}" for item, kind in sorted(engine.policies.items()) if kind == "use"]
        if lines:
            data["messages"] = [{"role": "system", "content": "\n".join(lines)}, *messages]
        return data


hook = EngineHook()
