"""
title: Edition pipe
description: Says which edition of its package this process has, and which one is installed.
version: 1.0
requirements: gauntlet-pipe-edition==1.0
"""

import importlib
import importlib.metadata
import json
import os

import gauntlet_pipe_edition


class Pipe:
    def pipe(self, body: dict) -> str:
        importlib.invalidate_caches()
        installed = importlib.metadata.version("gauntlet-pipe-edition")
        return json.dumps({"pid": os.getpid(), "imported": gauntlet_pipe_edition.__version__, "installed": installed})
