#!/bin/bash
# shell.sh: a shell for a person in the cluster of run.sh, with the gate in front of it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/kinds.sh
. "$here/lib/kinds.sh"

gate_prepare
gate_configure "${base_values[@]}"
say "kubectl and helm are for this cluster; logs are in $E2E_STATE/log; all ends with this shell"
export PS1='e2e \w \$ '
bash --norc -i
