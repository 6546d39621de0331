#!/usr/bin/env bash
# Writes what came of the review as Markdown: into summary.md in the report folder, and into the
# summary of a GitHub job or to standard output. The variables are explained in common.sh.
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

python=$venv/bin/python
[[ -x $python ]] || python=${SCOUT_CI_PYTHON:-python3}
summary=$("$python" -I "$tool_folder/ci/summary.py" "$out")
if [[ -d $out ]]; then printf '%s\n' "$summary" >"$out/summary.md"; fi
printf '%s\n' "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
