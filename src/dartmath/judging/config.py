"""JudgeSection: which model judges what the rules refuse, and how much of its time may be spent."""

from __future__ import annotations

from pydantic import Field, field_validator

from dartmath.base.section import Section


class JudgeSection(Section):
    """A model on an OpenAI-compatible server that judges where rules end (`verifier: hybrid`)."""

    url: str
    """Base URL of the server, such as http://localhost:8000/v1."""
    model: str
    """Model to ask for."""
    key_env: str | None = None
    """Name of the environment variable that holds the server's key; no key when absent."""
    max_calls: int = Field(10_000, ge=0)
    """Responses that the judge may be asked about in all; beyond them the rules' verdict stands."""
    concurrency: int = Field(4, ge=1, le=256)
    """Requests at a time."""
    timeout: float = Field(60.0, gt=0)
    """Seconds until a request is given up."""
    max_tokens: int = Field(128, ge=16)
    """Tokens of one reply."""
    structured: bool = True
    """Ask the server to constrain the reply to the form that is accepted (`response_format`)."""
    audit: float = Field(0.0, ge=0, le=1)
    """Share of what the rules call correct that the judge sees too, only to report how far both agree."""

    @field_validator("url", mode="after")
    @classmethod
    def _is_http(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url!r} is no base URL; write one such as http://localhost:8000/v1")
        return url.rstrip("/")
