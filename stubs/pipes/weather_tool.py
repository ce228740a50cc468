"""
title: Weather tool
description: Says of every city the same. Needs no package.
version: 1.0
"""


class Tools:
    async def weather(self, city: str) -> str:
        """
        The weather of a city.
        :param city: its name
        """
        return f"{city} is dry"
