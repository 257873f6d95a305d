#!/usr/bin/env bash
# Runs main.ts, which does the work, with a Node that can run it; Pulumi takes the same one from PATH.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
export PATH="$root/node_modules/.bin:$PATH"
if [[ ! -d "$root/node_modules/@pulumi/pulumi" ]]; then
  echo "[ERROR] The project's packages are not installed: run 'npm ci' in $root first." >&2
  exit 1
fi
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null; then
  echo "[ERROR] Node 24 or newer is needed: run 'npm ci' in $root, which brings one, or install it." >&2
  exit 1
fi
# Where Pulumi.yaml is.
cd "$root"
exec node --no-warnings scripts/azure/main.ts "$@"
