"""LiteLLM callbacks that write down every hook that is called for a request with `[[op=ID trace=1]]`, in `hooks.calls`.

`probe=` in the same block has the first of the two meddle:
- `edit`: a system message before the others, the answer in capitals, whole or streamed; the second adds what it saw of it;
- `say`: the request is answered by the hook; `refuse`, `crash`: it is refused before the call, by an HTTP error or any other;
- `moderate`: it is refused beside the call; `withhold`: the answer is refused; `break`: its stream is, after two chunks;
- `translate`: the error of the provider is replaced by another one.
"""

import os
import sys
from contextvars import ContextVar
from pathlib import Path

from fastapi import HTTPException
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.integrations.custom_logger import CustomLogger

# LiteLLM runs this file by its path, so its folder is not on the module path.
sys.path.append(str(Path(__file__).parent))

from marks import last_user_text, marks_of  # noqa: E402
from probe_journal import journal  # noqa: E402

# The hook that sees each chunk is not told of which request it is; the one around the stream runs in the same context.
streamed: ContextVar[dict] = ContextVar("streamed", default={})


def marks_in(request: dict | None) -> dict[str, str]:
    return marks_of(last_user_text((request or {}).get("messages") or (request or {}).get("input")))


def is_traced(marks: dict[str, str]) -> bool:
    return marks.get("trace") == "1" and bool(marks.get("op"))


def logged_marks(kwargs: dict) -> dict[str, str]:
    """Of what the loggers are given: the request as the client sent it."""
    params = kwargs.get("litellm_params") or {}
    return marks_in((params.get("proxy_server_request") or {}).get("body"))


def text_of(response) -> str:
    choices = getattr(response, "choices", None) or [None]
    part = getattr(choices[0], "message", None) or getattr(choices[0], "delta", None)
    return getattr(part, "content", None) or ""


class Probe(CustomLogger):
    def __init__(self, name: str) -> None:
        super().__init__()
        # Not private: LiteLLM takes loggers of one class for one logger unless their public attributes differ.
        self.name = name

    def _saw(self, marks: dict[str, str], hook: str, detail: object = "") -> str | None:
        """Notes the call; returns how this probe shall meddle."""
        if is_traced(marks):
            journal.note(marks["op"], self.name, hook, detail)
        return marks.get("probe") if self.name == "first" else None

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        marks = marks_in(data)
        meddle = self._saw(marks, "pre_call", call_type)
        if is_traced(marks):
            # A worker that leaves takes with it what is not written yet.
            await journal.written()
        match meddle:
            case "say":
                return "The probe answers by itself."
            case "refuse":
                raise HTTPException(status_code=422, detail={"error": "The probe refuses this request."})
            case "crash":
                raise ValueError("The probe crashed.")
            case "edit":
                data["messages"] = [{"role": "system", "content": "The probe was here."}, *data["messages"]]
        return data

    async def async_moderation_hook(self, data, user_api_key_dict, call_type):
        if self._saw(marks_in(data), "moderation") == "moderate":
            raise HTTPException(status_code=451, detail={"error": "The probe objects to this request."})

    def log_pre_api_call(self, model, messages, kwargs):
        self._saw(marks_of(last_user_text(messages)), "log_pre_api_call")

    async def async_log_pre_api_call(self, model, messages, kwargs):
        self._saw(marks_of(last_user_text(messages)), "async_log_pre_api_call")

    async def async_pre_call_deployment_hook(self, kwargs, call_type):
        self._saw(marks_in(kwargs), "pre_deployment", kwargs.get("model") or "")

    async def async_post_call_success_deployment_hook(self, request_data, response, call_type):
        self._saw(marks_in(request_data), "deployment_success")

    async def async_post_call_failure_deployment_hook(self, request_data, exception, call_type, fallback_depth=None):
        self._saw(marks_in(request_data), "deployment_failure", type(exception).__name__)

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        match self._saw(marks_in(data), "post_success", text_of(response)):
            case "withhold":
                raise HTTPException(status_code=409, detail={"error": "The probe withholds this answer."})
            case "edit":
                response.choices[0].message.content = text_of(response).upper()
        if self.name == "second" and marks_in(data).get("probe") == "edit":
            response.choices[0].message.content += " (seen)"
        return response

    async def async_post_call_failure_hook(
        self, request_data, original_exception, user_api_key_dict, traceback_str=None
    ):
        if self._saw(marks_in(request_data), "post_failure", type(original_exception).__name__) == "translate":
            return HTTPException(status_code=424, detail={"error": "The probe translated this error."})

    async def async_post_call_response_headers_hook(
        self, data, user_api_key_dict, response, request_headers=None, litellm_call_info=None
    ):
        self._saw(marks_in(data), "headers")
        return {"x-gauntlet-worker-pid": str(os.getpid()), f"x-gauntlet-{self.name}": "here"}

    async def async_post_call_streaming_iterator_hook(self, user_api_key_dict, response, request_data):
        marks = marks_in(request_data)
        meddle = self._saw(marks, "iterator")
        seen = 0
        async for chunk in response:
            streamed.set(marks)
            seen += 1
            if meddle == "break" and seen > 2:
                raise HTTPException(status_code=409, detail={"error": "The probe breaks this stream."})
            if meddle == "edit" and text_of(chunk):
                chunk.choices[0].delta.content = text_of(chunk).upper()
            yield chunk
        self._saw(marks, "iterator_end")

    async def async_post_call_streaming_hook(self, user_api_key_dict, response):
        self._saw(streamed.get(), "chunk", response)

    def log_success_event(self, kwargs, response_obj, start_time, end_time):
        self._saw(logged_marks(kwargs), "log_success")

    def log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self._saw(logged_marks(kwargs), "log_failure")

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self._saw(logged_marks(kwargs), "async_log_success", text_of(response_obj))

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self._saw(logged_marks(kwargs), "async_log_failure", type(kwargs.get("exception")).__name__)

    async def log_success_fallback_event(self, original_model_group, kwargs, original_exception):
        self._saw(marks_in(kwargs), "fallback_success", original_model_group)

    async def log_failure_fallback_event(self, original_model_group, kwargs, original_exception):
        self._saw(marks_in(kwargs), "fallback_failure", original_model_group)


class ProbeGuardrail(CustomGuardrail):
    """A guardrail in three places; it only writes down that it was asked."""

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        self._saw(data, "pre_call")

    async def async_moderation_hook(self, data, user_api_key_dict, call_type):
        self._saw(data, "moderation")

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        self._saw(data, "post_success")

    def _saw(self, data: dict, hook: str) -> None:
        marks = marks_in(data)
        if is_traced(marks):
            journal.note(marks["op"], "guardrail", hook, "")


# LiteLLM runs this file once for every name that the configuration takes from it; the journal is the worker's.
journal.note("load", "file", "load", os.getpid())
first = Probe("first")
second = Probe("second")
