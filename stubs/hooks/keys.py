"""Keys of LiteLLM without a database: the master key, and tenants whose key says what they may.

`sk-parallel-2-NAME` may have two requests at once, `sk-minute-5-NAME` five per minute. NAME makes it a key of its own.
"""

import os
import re
import secrets

from fastapi import Request
from litellm.proxy._types import LitellmUserRoles, ProxyException, UserAPIKeyAuth

TENANT = re.compile(r"sk-(parallel|minute)-(\d+)-[\w-]+")


async def authenticate(request: Request, api_key: str) -> UserAPIKeyAuth:
    if secrets.compare_digest(api_key, os.environ["LITELLM_MASTER_KEY"]):
        return UserAPIKeyAuth(api_key=api_key, user_role=LitellmUserRoles.PROXY_ADMIN)
    tenant = TENANT.fullmatch(api_key)
    if tenant is None:
        raise ProxyException(message="This key is not known.", type="auth_error", param="api_key", code=401)
    kind, limit = tenant.group(1), int(tenant.group(2))
    limits = {"max_parallel_requests": limit} if kind == "parallel" else {"rpm_limit": limit}
    return UserAPIKeyAuth(api_key=api_key, user_role=LitellmUserRoles.INTERNAL_USER, **limits)
