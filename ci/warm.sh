#!/usr/bin/env bash
# Has the server read the prompt ahead of a review. The variables are explained in common.sh.
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

need_tool
read_arguments
exec "$scout_review" warm "${SCOUT_CI_REPO:-.}" ${arguments[@]+"${arguments[@]}"}
