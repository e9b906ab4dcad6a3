"""GOV.UK Notify as its API documents itself: signed requests, references, limits, failures."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE_ID = "11111111-2222-4333-8444-555555555555"
SECRET = "66666666-7777-4888-9999-000000000000"
API_KEY = f"onward_test-{SERVICE_ID}-{SECRET}"
TEMPLATE = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
A_MINUTE = 3000
CLOCK_LEEWAY = 30


@dataclass
class Notify:
    """What was taken, and how the next requests go wrong."""

    clock: Callable[[], float] = time.time
    taken: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """For the next requests, in order: a status, `lost` (taken, no answer) or `down`."""
    minutes: Counter[int] = field(default_factory=Counter)
    asked: int = 0
    """How often it was asked for a reference."""
    keeps: bool = True
    """Whether it remembers what it took; a bench only counts."""
    count: int = 0
    limited: int = 0
    """How often it said that too much came in a minute."""

    def transport(self) -> httpx.MockTransport:
        """The network between."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "down":
            raise httpx.ConnectError("no route", request=request)
        if not self._is_signed(request):
            return _error(403, "AuthError", "Invalid token: signature, api token not found")
        if request.method == "GET":
            return self._found(request)
        return self._take(request, failure)

    def _take(self, request: httpx.Request, failure: str) -> httpx.Response:
        if failure.isdigit():
            return _error(int(failure), "Exception", "Internal server error")
        refused = self._refusal(request)
        if refused is not None:
            return refused
        sent = {"id": str(uuid4()), "status": "created", **_body(request)}
        self.count += 1
        if self.keeps:
            self.taken.append(sent)
        if failure == "lost":
            raise httpx.ReadTimeout("no answer", request=request)
        return httpx.Response(201, json={"id": sent["id"], "reference": sent["reference"]})

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        minute = int(self.clock() // 60)
        self.minutes[minute] += 1
        if self.minutes[minute] > A_MINUTE:
            self.limited += 1
            return _error(429, "RateLimitError", "Exceeded rate limit for key type LIVE")
        body = _body(request)
        if body.get("template_id") != TEMPLATE:
            return _error(400, "BadRequestError", "Template not found")
        if "@" not in body.get("email_address", ""):
            return _error(400, "ValidationError", "email_address Not a valid email address")
        missing = {"subject", "body"} - set(body.get("personalisation", {}))
        if missing:
            return _error(400, "BadRequestError", f"Missing personalisation: {missing}")
        return None

    def _found(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        reference = request.url.params.get("reference")
        found = [sent for sent in self.taken if sent["reference"] == reference]
        return httpx.Response(200, json={"notifications": found, "links": {}})

    def _is_signed(self, request: httpx.Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, OctKey.import_key(SECRET.encode())).claims
        except (JoseError, ValueError):
            return False
        return claims.get("iss") == SERVICE_ID and abs(claims["iat"] - self.clock()) < CLOCK_LEEWAY


def _body(request: httpx.Request) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(request.content)
    return read


def _error(status: int, error: str, message: str) -> httpx.Response:
    content = {"status_code": status, "errors": [{"error": error, "message": message}]}
    return httpx.Response(status, json=content)
