# Nobody is refused or told anything; the metrics tell.
. "$HERE/lib/live_gate.sh"
violations() {
	local n
	for n in 1 2; do
		live_metric "$n" 'raygate_rule_violations_total{rule="RG0302",namespace="watched-then-enforced"}'
	done | awk '{ sum += $1 } END { print sum + 0 }'
}
# It is seen as soon as the API server has read the new caBundle.
is_seen() {
	kubectl create --dry-run=server -f ../refused-with-every-error/10-wrong.yaml
	[ "$(violations)" -gt 0 ]
}
eventually is_seen
before=$(violations)
kubectl apply -f ../refused-with-every-error/10-wrong.yaml
[ "$(violations)" -gt "$before" ]
