#!/usr/bin/env bash
# Takes back what install_azure_integration.sh gave.
set -euo pipefail
exec "$BASH" "$(dirname "${BASH_SOURCE[0]}")/with-node.sh" cleanup "$@"
