"""Runs Open WebUI with several workers on a database that may be empty.

On an empty database every worker seeds the configuration table as it starts. Two that do so at the same moment end the
whole server: the second gets a unique violation, exits, and uvicorn stops the parent when a worker fails to start. So
the table is seeded here, once, before there are workers.
"""

import asyncio
import os
import sys


async def seed() -> None:
    from open_webui.config import seed_registered_defaults
    from open_webui.internal.db import async_engine

    await seed_registered_defaults()
    # Its connections belong to this event loop, which ends here.
    await async_engine.dispose()


# Workers are spawned: each imports this file again, under another name.
if __name__ == "__main__":
    os.environ["FROM_INIT_PY"] = "true"
    if os.path.isdir("/app/backend/open_webui"):
        # The official image does not install the package.
        sys.path.insert(0, "/app/backend")
    import open_webui
    import open_webui.main  # noqa: F401 - migrates the database

    asyncio.run(seed())
    sys.argv = ["open-webui", "serve", *sys.argv[1:]]
    open_webui.app()
