#!/usr/bin/env bash
# Reviews, and ends with the exit code of the review: whatever is done with the reports afterwards,
# this step stays red. The variables are explained in common.sh. Beside the reports it leaves
# review.log (what was said) and exit-code in the report folder.
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[[ $out != *$'\n'* ]] || fail 2 "the name of the report folder has a line break"
if [[ ! -d $out ]]; then
  mkdir -p -- "$out"
  printf '*\n' >"$out/.gitignore"  # no review reads its own reports
fi
rm -f -- "$out/exit-code" "$out/review.log" "$out/summary.md"
need_tool
read_arguments

set +e
{
  "$scout_review" review "${SCOUT_CI_REPO:-.}" --format "${SCOUT_CI_FORMAT:-text}" \
    ${arguments[@]+"${arguments[@]}"} 2>&1 1>&3 3>&- | tee -- "$out/review.log" >&2
  codes=("${PIPESTATUS[@]}")
} 3>&1
set -e
code=${codes[0]}
if ((code == 0 && codes[1] != 0)); then
  code=4
elif ((code == 0)) && [[ ! -f $out/result.json ]]; then
  printf 'scout-review ci: the review left no result.json; it does not count as clean\n' >&2
  code=4
fi
printf '%s\n' "$code" >"$out/exit-code"

if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  {
    printf 'exit-code=%s\n' "$code"
    if [[ -f $out/result.json ]]; then printf 'result=%s\n' "$out/result.json"; fi
    # Of a whole review alone: another would close the alerts of what it did not look at.
    scanning=$out/github-code-scanning.sarif
    if [[ -f $scanning ]]; then printf 'sarif=%s\n' "$scanning"; fi
  } >>"$GITHUB_OUTPUT"
fi
exit "$code"
