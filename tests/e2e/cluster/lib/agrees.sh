# shellcheck shell=bash
# For a scenario that asks the API server about pods and services that nobody is to make.

POLICY=$E2E_STATE/warn.yaml
# So that the examples can be planned which are refused.
printf 'apiVersion: raygate.dev/v1\nkind: Policy\nenforcement: warn\ntarget: {controller: raygate}\n' >"$POLICY"

# rule_ids: of the errors on pods and services.
rule_ids() {
	"$RAYGATE" rules | sed -nE 's/^(RG(05|06|10)[0-9]{2}) +error .*/\1/p'
}

# planned accepted|refused: the objects of that example of each rule, whose names begin with its id.
planned() {
	local id example
	for id in $(rule_ids); do
		example=$ROOT/tests/golden/rules/$id/$1.yaml
		grep -q '^kind: RayCluster$' "$example" || continue
		sed "s/^  name: .*/  name: ${id,,}/" "$example" | "$RAYGATE" plan -n "$NAMESPACE" --policy "$POLICY" -o json - 2>/dev/null
	done
}

# refusals: what the API server says of these objects, a line for each that it would not make.
refusals() {
	{ kubectl create --dry-run=server -f "$E2E_STATE/objects" 2>&1 >/dev/null || true; } |
		sed -nE '/already exists$/d; s/^Error from server( [^:]*)?: error when creating "[^"]*": //p'
}

# The accounts that the examples name, and those of their autoscalers, without which no pod is made.
agrees_prepare() {
	local name
	for name in ray-account rg0621 rg0681; do
		kubectl create serviceaccount "$name"
	done >/dev/null
}
