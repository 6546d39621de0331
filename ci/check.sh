#!/usr/bin/env bash
# Refuses switches that are neither true nor false: "True" or "yes" would leave out in silence what
# they were to turn on. They are given as NAME=VALUE, one a line, in SCOUT_CI_SWITCHES.
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

while IFS= read -r switch; do
  case ${switch#*=} in
    true | false) ;;
    *) fail 2 "the input ${switch%%=*} is neither true nor false" ;;
  esac
done <<<"${SCOUT_CI_SWITCHES%$'\n'}"
case ${SCOUT_CI_COMMAND:-review} in
  review | warm) ;;
  *) fail 2 "the input command is neither review nor warm" ;;
esac
