"""The frozen records that pass between the stages, in the order of the flow.

Paths are repository-relative with ``/``; bytes of a path that are not UTF-8 are kept as lone
surrogates (``surrogateescape``). ``display_path`` gives the printable form of a path, which is
also the only form that the model ever sees.

Lines and columns count from 1; an end line is inclusive, an end column exclusive (SARIF 2.1.0,
3.30). Durations are in seconds, sizes in bytes, token counts in tokens.
"""

from __future__ import annotations

from scout_codebase.records.answers import (
    Answer,
    AnswerEvent,
    AnswerText,
    Ask,
    EngineIdentity,
    PrefillProgress,
    Question,
)
from scout_codebase.records.blobs import BlobFacts
from scout_codebase.records.graph import (
    LONGEST_VALUE,
    Component,
    DependencyGraph,
    Edge,
    ExternalImport,
    FileAnalysis,
    IgnoreComment,
    ImportKind,
    ImportStatement,
    Place,
    Symbol,
    UnresolvedImport,
    link_facts,
)
from scout_codebase.records.probe import (
    Band,
    Probe,
    ProbeAnswer,
    ProbePlan,
    Recall,
    Score,
)
from scout_codebase.records.prompt import (
    Neutralised,
    Pack,
    ReadingOrder,
    Section,
)
from scout_codebase.records.reports import (
    AskedQuestion,
    Dismissed,
    DroppedClaim,
    Evidence,
    Finding,
    Grade,
    Report,
    Rule,
    RunRecord,
    Severity,
)
from scout_codebase.records.source import (
    Masked,
    Omission,
    OmissionReason,
    RepositoryConfiguration,
    Revision,
    Secret,
    Snapshot,
    SourceFile,
    Submodule,
    display_path,
)
from scout_codebase.records.suppressions import (
    Baseline,
    BaselineEntry,
    BaselineUse,
    IgnoreUse,
    StaleEntry,
    Suppression,
    SuppressionKind,
    Suppressions,
)

__all__ = [
    "LONGEST_VALUE",
    "Answer",
    "AnswerEvent",
    "AnswerText",
    "Ask",
    "AskedQuestion",
    "Band",
    "Baseline",
    "BaselineEntry",
    "BaselineUse",
    "BlobFacts",
    "Component",
    "DependencyGraph",
    "Dismissed",
    "DroppedClaim",
    "Edge",
    "EngineIdentity",
    "Evidence",
    "ExternalImport",
    "FileAnalysis",
    "Finding",
    "Grade",
    "IgnoreComment",
    "IgnoreUse",
    "ImportKind",
    "ImportStatement",
    "Masked",
    "Neutralised",
    "Omission",
    "OmissionReason",
    "Pack",
    "Place",
    "PrefillProgress",
    "Probe",
    "ProbeAnswer",
    "ProbePlan",
    "Question",
    "ReadingOrder",
    "Recall",
    "Report",
    "RepositoryConfiguration",
    "Revision",
    "Rule",
    "RunRecord",
    "Score",
    "Secret",
    "Section",
    "Severity",
    "Snapshot",
    "SourceFile",
    "StaleEntry",
    "Submodule",
    "Suppression",
    "SuppressionKind",
    "Suppressions",
    "Symbol",
    "UnresolvedImport",
    "display_path",
    "link_facts",
]
