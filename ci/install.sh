#!/usr/bin/env bash
# Installs the tool, from the checkout that this script is part of, into an environment of its own.
# The variables are explained in common.sh.
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

python=${SCOUT_CI_PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail 2 "$python is not Python 3.11 or later. Name one with SCOUT_CI_PYTHON."
[[ -x $venv/bin/python ]] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  "$tool_folder${SCOUT_CI_EXTRAS:+[$SCOUT_CI_EXTRAS]}"
"$scout_review" --version
