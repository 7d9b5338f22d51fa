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

# Ends it, tells what it counted, and sets $sent, $failed and $lost.
storm_stop() {
	stop storm TERM
	tell "$(head -n 3 "$E2E_STATE/log/storm" | cut -c1-300)"
	read -r _ sent _ failed _ lost _ <"$E2E_STATE/log/storm"
	rm "$E2E_STATE/log/storm"
}
