"""What the pipes of the suites share: who answers, and a mark that shows which version of this kit did."""

import os

__version__ = "1.0"


def worker() -> dict[str, int | str]:
    """The process that runs this code and the kit's version in it."""
    return {"pid": os.getpid(), "kit": __version__}


def last_user_text(messages: list[dict]) -> str:
    """Text of the last user message, the text parts of a multi-part one joined by line feeds."""
    for message in reversed(messages):
        if message.get("role") != "user":
            continue
        content = message.get("content")
        if isinstance(content, str):
            return content
        return "\n".join(part.get("text", "") for part in content or [] if part.get("type") == "text")
    return ""
