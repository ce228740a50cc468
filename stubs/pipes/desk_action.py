"""
title: Desk action
description: A button below answers, which tells what it was pressed on. Needs no package.
version: 1.0
"""

import os


class Action:
    async def action(self, body: dict, __user__: dict, __id__: str) -> dict:
        text = body["messages"][-1]["content"]
        if text == "break":
            raise RuntimeError("the action broke")
        return {"pid": os.getpid(), "id": __id__, "email": __user__["email"], "pressed_on": text}
