# shellcheck shell=bash disable=SC2034  # the variables are for the scripts that read this
# What the scripts of this folder share. They are configured by variables alone, so that no value
# of a pipeline is ever part of a script's text:
#   SCOUT_REVIEW_*    every setting of scout-review itself (scout-review config lists them)
#   SCOUT_CI_REPO     what is reviewed; default: the working folder
#   SCOUT_CI_VENV     the environment of the tool; default: in RUNNER_TEMP, else beside this folder
#   SCOUT_CI_PYTHON   Python 3.11 or later; default: python3
#   SCOUT_CI_EXTRAS   extras of the package, such as embedded
#   SCOUT_CI_FORMAT   text, json, github or gitlab; default: text
#   SCOUT_CI_ARGUMENTS  further arguments, one a line
tool_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
venv=${SCOUT_CI_VENV:-${RUNNER_TEMP:-$tool_folder}/.scout-review-venv}
scout_review=$venv/bin/scout-review
out=${SCOUT_REVIEW_OUT:-scout-report}
export SCOUT_REVIEW_OUT=$out

# What a pipeline is told of an error of its own, beside those of the tool.
fail() {
  printf 'scout-review ci: %s\n' "$2" >&2
  exit "$1"
}

need_tool() {
  [[ -x $scout_review ]] || fail 2 "there is no $scout_review. Run ci/install.sh first."
}

# The further arguments, one a line, into the array "arguments". No mapfile: macOS has bash 3.2.
read_arguments() {
  arguments=()
  if [[ -n ${SCOUT_CI_ARGUMENTS:-} ]]; then
    while IFS= read -r argument; do
      [[ -z $argument ]] || arguments+=("$argument")
    done <<<"$SCOUT_CI_ARGUMENTS"
  fi
}
