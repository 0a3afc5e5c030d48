#!/usr/bin/env bash
# Refreshes the pruned copy of Gitea's description of its API that the fake Gitea of the
# tests is checked against. Needs Go. The same version gives the same file.
# Usage: .ci/gitea-swagger.sh [VERSION of the module code.gitea.io/gitea]
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-v1.26.0}
to=forge/forgetest/giteatest

printf '$ go mod download code.gitea.io/gitea@%s\n' "$version" >&2
dir=$(cd / && go mod download -json "code.gitea.io/gitea@$version" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
printf '$ go run ./%s/internal/prune\n' "$to" >&2
go run "./$to/internal/prune" "Gitea $version (MIT; see LICENSE-gitea), by .ci/gitea-swagger.sh; do not edit" \
  <"$dir/templates/swagger/v1_json.tmpl" >"$to/testdata/swagger.json"
cp "$dir/LICENSE" "$to/testdata/LICENSE-gitea"
chmod 644 "$to/testdata/LICENSE-gitea" "$to/testdata/swagger.json"
printf '$ go test -run Swagger ./%s\n' "$to" >&2
go test -run Swagger "./$to"
