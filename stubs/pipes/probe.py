"""
title: Probe
description: Tells what only the server itself can know. Needs no package.
version: 1.0
"""

import asyncio
import importlib
import importlib.machinery
import json
import os
import sys


class Pipe:
    async def pipe(self, body: dict) -> str:
        """`/pid`, `/has MODULE`, `/index NAME==VERSION` (can pip find it?), `/uninstall NAME`, `/exists PATH`."""
        command, _, argument = body["messages"][-1]["content"].partition(" ")
        if command == "/has":
            # Looks at the disk: a module that was imported stays in memory when its package is gone.
            importlib.invalidate_caches()
            return json.dumps({"has": importlib.machinery.PathFinder.find_spec(argument) is not None})
        if command == "/exists":
            return json.dumps({"exists": os.path.exists(argument)})
        if command == "/index":
            return await pip("install", "--dry-run", "--ignore-installed", "--no-deps", "--retries", "0", argument)
        if command == "/uninstall":
            return await pip("uninstall", "--yes", argument)
        return json.dumps({"pid": os.getpid()})


async def pip(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pip", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return json.dumps({"code": process.returncode, "output": output.decode(errors="replace")[-1000:]})
