# shellcheck shell=bash disable=SC2034
# Constant applies while a step does something to the gate.

storm_start() {
	start storm tool storm "$E2E_STATE/pki" "$(<"$E2E_STATE/api-url")" "$NAMESPACE" \
		"$HERE/lib/storm.yaml" 6
	within 20 storm_reached
}

# All that storm has, at least once.
storm_reached() {
	[ "$(kubectl get rayclusters.ray.io -o name | wc -l)" = 6 ]
}

# Ends it, tells what it counted, and sets $sent, $failed, $lost and $failures.
storm_stop() {
	stop storm TERM
	tell "$(grep -v "^failures at" "$E2E_STATE/log/storm" | head -n 3 | cut -c1-300)"
	read -r _ sent _ failed _ lost _ <"$E2E_STATE/log/storm"
	failures=$(sed -n 's/^failures at//p' "$E2E_STATE/log/storm")
	rm "$E2E_STATE/log/storm"
}

# storm_failed_near MS…: whatever failed was on its way at one of these moments, or sent before the
# balancer, which asks twice a second, can have seen what happened then.
storm_failed_near() {
	local at moment near
	for at in $failures; do
		near=
		for moment; do
			[ "$at" -lt $((moment - 1000)) ] || [ "$at" -gt $((moment + 1500)) ] || near=yes
		done
		[ "$near" ] || { echo "failed at $at, though all went well: $*"; return 1; }
	done
}
