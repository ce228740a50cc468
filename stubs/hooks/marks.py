"""What a request says of itself in its last user message: `[[op=ID key=value …]]`."""

import re

BLOCK = re.compile(r"\[\[([^\[\]]*)\]\]")


def marks_of(text: str) -> dict[str, str]:
    """All pairs of all blocks; a later value of a key wins."""
    pairs = " ".join(BLOCK.findall(text)).split()
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def plain_text(text: str) -> str:
    return BLOCK.sub(" ", text).strip()


def last_user_text(messages) -> str:
    """Of messages of a chat, or of the input of /v1/responses, which may be a text."""
    if isinstance(messages, str):
        return messages
    known = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []
    users = [m for m in known if m.get("role") == "user"]
    content = users[-1].get("content") if users else None
    if isinstance(content, list):
        return "\n".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
