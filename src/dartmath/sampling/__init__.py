"""Difficulty-aware rejection sampling: policies, controller, journal, forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dartmath.base.lazy import lazily

if TYPE_CHECKING:
    from dartmath.sampling.config import Budget, Price, ResponseColumns, SamplingSection
    from dartmath.sampling.imported import Imported, import_responses
    from dartmath.sampling.journal import JournalReader, open_journal
    from dartmath.sampling.pilot import PilotRecord, PilotResponse
    from dartmath.sampling.policy import VRT, Band, Budgeted, Custom, Policy, Prop2Diff, Uniform
    from dartmath.sampling.responses import StoredResponses
    from dartmath.sampling.sample import Sample
    from dartmath.sampling.status import RunStatus, run_status

_HOMES = {
    "Band": "dartmath.sampling.policy",
    "Budget": "dartmath.sampling.config",
    "Budgeted": "dartmath.sampling.policy",
    "Custom": "dartmath.sampling.policy",
    "Imported": "dartmath.sampling.imported",
    "JournalReader": "dartmath.sampling.journal",
    "PilotRecord": "dartmath.sampling.pilot",
    "PilotResponse": "dartmath.sampling.pilot",
    "Policy": "dartmath.sampling.policy",
    "Price": "dartmath.sampling.config",
    "Prop2Diff": "dartmath.sampling.policy",
    "ResponseColumns": "dartmath.sampling.config",
    "RunStatus": "dartmath.sampling.status",
    "Sample": "dartmath.sampling.sample",
    "SamplingSection": "dartmath.sampling.config",
    "StoredResponses": "dartmath.sampling.responses",
    "Uniform": "dartmath.sampling.policy",
    "VRT": "dartmath.sampling.policy",
    "import_responses": "dartmath.sampling.imported",
    "open_journal": "dartmath.sampling.journal",
    "run_status": "dartmath.sampling.status",
}
__all__ = [
    "VRT",
    "Band",
    "Budget",
    "Budgeted",
    "Custom",
    "Imported",
    "JournalReader",
    "PilotRecord",
    "PilotResponse",
    "Policy",
    "Price",
    "Prop2Diff",
    "ResponseColumns",
    "RunStatus",
    "Sample",
    "SamplingSection",
    "StoredResponses",
    "Uniform",
    "import_responses",
    "open_journal",
    "run_status",
]

__getattr__ = lazily(__name__, _HOMES)
