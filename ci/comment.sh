#!/usr/bin/env bash
# Puts the summary into one comment of a pull request, which later runs edit. Needs gh and
#   GH_TOKEN                may write comments of pull requests
#   GITHUB_REPOSITORY       owner/name
#   SCOUT_CI_PULL_REQUEST   its number
set -euo pipefail
# shellcheck source=ci/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

marker='<!-- scout-review -->'
number=${SCOUT_CI_PULL_REQUEST:?}
repository=${GITHUB_REPOSITORY:?}
[[ $number =~ ^[0-9]+$ ]] || fail 2 "$number is not the number of a pull request"
body=$(mktemp)
trap 'rm -f -- "$body"' EXIT
{
  printf '%s\n' "$marker"
  if [[ -f $out/summary.md ]]; then
    cat -- "$out/summary.md"
  else
    printf 'The review did not run; see the log of the job.\n'
  fi
} >"$body"

# Only a comment that this very user wrote is edited: anybody may write one that begins alike.
# shellcheck disable=SC2016  # the names are GraphQL's
query='query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    comments(first: 100, after: $endCursor) {
      nodes { fullDatabaseId viewerDidAuthor body } pageInfo { hasNextPage endCursor } } } } }'
ids=$(gh api graphql --paginate -f query="$query" -f owner="${repository%%/*}" \
  -f name="${repository#*/}" -F number="$number" --jq \
  ".data.repository.pullRequest.comments.nodes[]
   | select(.viewerDidAuthor and (.body | startswith(\"$marker\"))) | .fullDatabaseId")
id=$(head -n 1 <<<"$ids")
if [[ -n $id ]]; then
  gh api --method PATCH "repos/$repository/issues/comments/$id" -F body=@"$body" --silent
else
  gh pr comment "$number" --repo "$repository" --body-file "$body"
fi
