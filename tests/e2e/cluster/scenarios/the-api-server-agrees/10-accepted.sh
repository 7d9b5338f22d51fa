# What the rules on pods and services let through, the API server makes: their accepted examples, as
# `raygate plan` has them.
. "$HERE/lib/agrees.sh"

agrees_prepare
planned accepted >"$E2E_STATE/objects"
[ "$(grep -c '"kind": "Pod"' "$E2E_STATE/objects")" -gt 55 ]
refusals
