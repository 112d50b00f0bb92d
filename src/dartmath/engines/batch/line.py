"""What one line of a batch's answers says: a response, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from dartmath.engines.openai.answer import read_answer
from dartmath.engines.openai.client import BadAnswerError, HttpError
from dartmath.engines.openai.failure import Failure, error_text, understand
from dartmath.engines.openai.said import Asked
from dartmath.engines.protocol import Completion


def read_line(row: Mapping[str, Any], asked: Asked) -> Completion | Failure:
    """The response, or the failure, in a line of an output or error file.

    `vllm run-batch` of old has the answer itself in place of `response`'s status and body. Lines that
    expired, or were cancelled, name an error and no response.
    """
    try:
        response = row.get("response")
        if not isinstance(response, dict) or not response:
            raise BadAnswerError(error_text(orjson.dumps({"error": row.get("error") or "no response"})))
        body = response.get("body", response)
        status = int(response.get("status_code") or 200)
        if status >= HTTPStatus.BAD_REQUEST:
            # `vllm run-batch` says what is wrong beside a response without a body.
            raise HttpError(status, {}, orjson.dumps(body or {"error": row.get("error")}))
        if not isinstance(body, dict):
            raise BadAnswerError(f"no completion but {str(body)[:80]!r}")
        return read_answer(body, asked)
    except (HttpError, BadAnswerError) as error:
        return understand(error, asked.server, "")
    except (ValueError, TypeError) as error:
        return Failure(f"{asked.server}: a line that is no answer: {error}")
