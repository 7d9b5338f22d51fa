# shellcheck shell=bash
# Runs one step of a scenario, E2E_STEP, in the scenario's folder. File descriptor 3 goes to the person.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=kinds.sh
. "$HERE/lib/kinds.sh"
# shellcheck source=crds.sh
. "$HERE/lib/crds.sh"
# shellcheck source=storm.sh
. "$HERE/lib/storm.sh"
# shellcheck source=real_node.sh
. "$HERE/lib/real_node.sh"

# What was measured, and is no part of what is compared.
tell() {
	echo "         $*" >&3
}

# shellcheck disable=SC1090
. "./$E2E_STEP"
