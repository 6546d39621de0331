#!/usr/bin/env bash
# For cron: has the server read the last release of the repository in the working folder and what
# has changed since, ahead of the reviews of the day.
set -euo pipefail
tool=${SCOUT_CI_TOOL:?is to be a checkout of scout-codebase}
export SCOUT_REVIEW_SINCE=${SCOUT_REVIEW_SINCE:-auto}

"$tool/ci/install.sh"
"$tool/ci/warm.sh"
