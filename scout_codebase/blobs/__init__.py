"""What each file says by itself: its analysis and its exact tokens.

The facts of a file depend on its path and text alone, so they are kept from run to run by git's
object id, and made in worker processes where there is enough to do. Neither changes a result.
"""

from scout_codebase.blobs.codec import Codec, DamagedRecordError, digest
from scout_codebase.blobs.examine import Examiner, examine_files
from scout_codebase.blobs.keys import analyser_version, code_version, repository_key, text_identity
from scout_codebase.blobs.loading import Loads
from scout_codebase.blobs.look import Examination, Look
from scout_codebase.blobs.wanted import Wanted

__all__ = [
    "Codec",
    "DamagedRecordError",
    "Examination",
    "Examiner",
    "Loads",
    "Look",
    "Wanted",
    "analyser_version",
    "code_version",
    "digest",
    "examine_files",
    "repository_key",
    "text_identity",
]
