"""LiteLLM callback that keeps a context-compiler state per user and puts it before the model.

What it does to a request of `/v1/chat/completions`:
- every request is noted once per stage (`pre_call`, `success`, `failure`) in the table `hooks.seen`;
- a last user message with `[[hook=refuse]]` is refused with status 403;
- with a `user` in the body, the last user message is a step of that user's state; a conflict is refused with status
  400 and the compiler's own message, and a non-empty state precedes the messages as a system message;
- the answer carries the worker's pid in `x-gauntlet-worker-pid`.
"""

import asyncio
import os
import sys
from pathlib import Path

from context_compiler import Engine, SemanticErrorDecision
from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

# LiteLLM runs this file by its path, so its folder is not on the module path.
sys.path.append(str(Path(__file__).parent))

from hook_store import HookStore  # noqa: E402
from marks import last_user_text, marks_of, plain_text  # noqa: E402


class ContextHook(CustomLogger):
    def __init__(self, store: HookStore) -> None:
        super().__init__()
        self._store = store
        try:
            # The worker's start-up runs this file on its event loop: the load is recorded at once.
            self._started = asyncio.get_running_loop().create_task(self._start())
        except RuntimeError:
            self._started = None

    async def _start(self) -> None:
        try:
            await self._store.pool()
        except Exception as error:  # The first request tries again and reports it.
            print(f"context_hook: no database yet: {type(error).__name__}", file=sys.stderr, flush=True)

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        messages = data.get("messages")
        text = last_user_text(messages)
        subject = subject_of(data)
        await self._saw(data, "pre_call", text, subject)
        if marks_of(text).get("hook") == "refuse":
            raise HTTPException(status_code=403, detail={"error": "The hook refuses this request."})
        if subject is None or not isinstance(messages, list):
            return data
        plain = plain_text(text)
        conflict, system = await self._store.change(subject, lambda state: advance(state, plain))
        if conflict is not None:
            return conflict
        if system is not None:
            data["messages"] = [{"role": "system", "content": system}, *messages]
        return data

    async def async_post_call_failure_hook(
        self, request_data, original_exception, user_api_key_dict, traceback_str=None
    ):
        await self._saw(
            request_data, "failure", last_user_text(request_data.get("messages")), subject_of(request_data)
        )

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        params = kwargs.get("litellm_params") or {}
        request = (params.get("proxy_server_request") or {}).get("body") or {}
        data = {"litellm_call_id": kwargs.get("litellm_call_id"), "model": request.get("model")}
        await self._saw(data, "success", last_user_text(request.get("messages")), subject_of(request))

    async def async_post_call_response_headers_hook(
        self, data, user_api_key_dict, response, request_headers=None, litellm_call_info=None
    ):
        return {"x-gauntlet-worker-pid": str(os.getpid())}

    async def _saw(self, data: dict, stage: str, text: str, subject: str | None) -> None:
        op = marks_of(text).get("op")
        await self._store.saw(str(data.get("litellm_call_id")), stage, op, subject, data.get("model"))


def advance(state: str | None, text: str) -> tuple[str, tuple[str | None, str | None]]:
    """One step of the compiler: the new state, the message of a conflict, and the text for the model."""
    engine = Engine()
    if state is not None:
        engine.import_json(state)
    decision = engine.step(text)
    conflict = decision.message if isinstance(decision, SemanticErrorDecision) else None
    return engine.export_json(), (conflict, system_text(engine))


def system_text(engine: Engine) -> str | None:
    policies = sorted(engine.policies.items())
    lines = [f"Premise: {engine.premise}"] if engine.premise else []
    lines += [f"{'Use' if kind == 'use' else 'Do not use'}: {item}" for item, kind in policies]
    return "\n".join(lines) or None


def subject_of(data: dict) -> str | None:
    """Whose state it is: the `user` that the client names. Requests without one share nothing."""
    user = data.get("user")
    return f"user:{user}" if isinstance(user, str) and user else None


hook = ContextHook(HookStore(os.environ["DATABASE_HOOKS_URL"]))
