# shellcheck shell=bash disable=SC2034
# Constant applies while a step does something to the gate.

storm_start() {
	start storm tool storm "$E2E_STATE/pki" "$(<"$E2E_STATE/api-url")" "$NAMESPACE" \
		"$HERE/lib/storm.yaml" 6
	eventually storm_reached
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

# storm_goes_on: until 20 more of one worker have come through. Each is a generation of its object.
storm_goes_on() {
	local from
	from=$(storm_generation)
	eventually storm_is_at $((from + 20))
}

storm_is_at() {
	[ "$(storm_generation)" -ge "$1" ]
}

storm_generation() {
	kubectl get rayclusters.ray.io storm-0 -o 'jsonpath={.metadata.generation}'
}

# storm_failed_only FROM-TO…: whatever failed was on its way in one of these spans of milliseconds.
storm_failed_only() {
	local failure span allowed
	for failure in $failures; do
		allowed=
		for span; do
			[ "${failure#*-}" -lt "${span%-*}" ] || [ "${failure%-*}" -gt "${span#*-}" ] || allowed=yes
		done
		[ "$allowed" ] || { echo "failed at $failure, though all went well but for: $*"; return 1; }
	done
}
