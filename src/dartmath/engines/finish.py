"""Why a response ended, in the words of all servers and libraries."""

from __future__ import annotations

from enum import StrEnum


class Ended(StrEnum):
    """What a finish reason means."""

    WHOLE = "whole"
    CUT = "cut"
    FILTERED = "filtered"
    BROKEN = "broken"


# OpenAI, Azure, vLLM, SGLang, TGI, llama.cpp, Ollama, Mistral, DeepSeek, Together, xAI, Z.ai, and the native
# reasons of Gemini, Anthropic and Bedrock, which gateways pass on.
_REASONS = {
    Ended.WHOLE: "stop eos eos_token stop_sequence stop_token end end_turn endturn complete completed "
    "finished stop_str tool_call tool_calls tool_use function_call refusal",
    # A loop that the server cut off is no more whole than what ran into a limit.
    Ended.CUT: "length max_tokens max_output_tokens max_completion_tokens max_new_tokens max_length "
    "model_length token_limit context_length model_context_window_exceeded incomplete repetition",
    Ended.FILTERED: "content_filter content_filtered safety recitation sensitive blocklist "
    "prohibited_content spii image_safety guardrail_intervened",
    Ended.BROKEN: "null none error abort aborted cancelled canceled network_error failed timeout load unload "
    "insufficient_system_resource engine_overloaded overloaded server_error internal_error pause_turn "
    "malformed_function_call unexpected_tool_call finish_reason_unspecified",
}
_MEANING = {word: ended for ended, words in _REASONS.items() for word in words.split()}


def ended(reason: object) -> Ended | None:
    """What a server's finish reason means, whatever its case; None for an unknown one."""
    if reason is None or reason == "":
        return Ended.BROKEN
    # Older servers spelt an enum of their language: `FinishReason.STOP`.
    return _MEANING.get(str(reason).rpartition(".")[2].strip().lower().replace(" ", "_").replace("-", "_"))
