#!/usr/bin/env bash
# Connects Azure registries to Backline.
set -euo pipefail
exec "$BASH" "$(dirname "${BASH_SOURCE[0]}")/with-node.sh" install "$@"
