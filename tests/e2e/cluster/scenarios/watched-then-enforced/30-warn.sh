# What `helm upgrade` with another enforcement makes of the policy is taken by those that run.
. "$HERE/lib/live_gate.sh"
is_told() {
	sed 's/name: wrong/name: new/' ../refused-with-every-error/10-wrong.yaml | kubectl create --dry-run=server -f - >"$E2E_STATE/new" 2>&1
	grep -F RG0302 "$E2E_STATE/new"
}
gate_policy "$HERE/lib/values.yaml" values.yaml warn.yaml
eventually is_told
tail -n 1 "$E2E_STATE/new"
