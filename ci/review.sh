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
# Of this run: what an earlier one left may still be there where this one ended early. Each file is
# written as a new one and put in the place of the old, so that its number tells.
number_of() {
  if [[ -f $out/$1 ]]; then ls -i -- "$out/$1"; fi
}
old_result=$(number_of result.json)
old_sarif=$(number_of github-code-scanning.sarif)
is_new() {
  [[ -f $out/$1 && $(number_of "$1") != "$2" ]]
}
rm -f -- "$out/.fresh"
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
elif ((code == 0)) && ! is_new result.json "$old_result"; then
  printf 'scout-review ci: the review left no result.json; it does not count as clean\n' >&2
  code=4
fi
printf '%s\n' "$code" >"$out/exit-code"
if is_new result.json "$old_result"; then touch -- "$out/.fresh"; fi

if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  {
    printf 'exit-code=%s\n' "$code"
    if is_new result.json "$old_result"; then printf 'result=%s\n' "$out/result.json"; fi
    # Of a whole review only: another would close the alerts of what it did not look at.
    sarif=github-code-scanning.sarif
    if is_new "$sarif" "$old_sarif"; then printf 'sarif=%s\n' "$out/$sarif"; fi
  } >>"$GITHUB_OUTPUT"
fi
exit "$code"
