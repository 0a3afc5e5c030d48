#!/usr/bin/env bash
# Refreshes the pruned copy of GitLab's GraphQL schema that the fake GitLab of the tests
# validates queries against. Needs npm and Go. The same version gives the same file.
# GitLab publishes its schema by answering introspection only; the package holds the types
# that a code generator made of it.
# Usage: .ci/gitlab-schema.sh [VERSION of npm's @git-filesystem/gitlab]
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-0.0.6}
to=forge/forgetest/gitlabtest
run() { printf '$ %s\n' "$*" >&2; "$@"; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
run npm pack --silent --pack-destination "$tmp" "@git-filesystem/gitlab@$version"
run tar -xzf "$tmp/git-filesystem-gitlab-$version.tgz" -C "$tmp"
printf '$ go run ./%s/internal/schema\n' "$to" >&2
go run "./$to/internal/schema" <"$tmp/package/src/lib/gql/sdk/sdk.generated.d.ts" >"$tmp/pruned"
{
  printf '# A part of GitLab'"'"'s GraphQL schema, from the types in @git-filesystem/gitlab %s of npm (ISC; see\n' "$version"
  printf '# LICENSE-git-filesystem-gitlab). Made by .ci/gitlab-schema.sh; do not edit.\n\n'
  cat "$tmp/pruned"
} >"$to/testdata/schema.graphql"
run cp "$tmp/package/LICENSE.md" "$to/testdata/LICENSE-git-filesystem-gitlab"
run chmod 644 "$to/testdata/LICENSE-git-filesystem-gitlab"
run go test -run Schema "./$to"
