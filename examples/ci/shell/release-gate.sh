#!/usr/bin/env bash
# Reviews the repository in the working folder since its last release, prints a summary, and ends
# with the exit code of the review: put it before whatever publishes. SCOUT_CI_TOOL is a checkout of
# this tool; set SCOUT_REVIEW_BASE_URL, and what else differs, in the environment.
set -euo pipefail
tool=${SCOUT_CI_TOOL:?is to be a checkout of scout-codebase}
export SCOUT_REVIEW_SINCE=${SCOUT_REVIEW_SINCE:-auto}
export SCOUT_REVIEW_FAIL_ON=${SCOUT_REVIEW_FAIL_ON:-high}

"$tool/ci/install.sh"
code=0
"$tool/ci/review.sh" || code=$?
"$tool/ci/summary.sh" || code=$((code ? code : $?))
exit "$code"
