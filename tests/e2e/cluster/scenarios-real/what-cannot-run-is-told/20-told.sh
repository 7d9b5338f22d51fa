# In the status, in an Event, and by explain, which ends with 1.
. "$HERE/lib/ray_clusters.sh"
explain() {
	local code=0
	"$RAYGATE" explain "$1" >"$E2E_STATE/explained" || code=$?
	[ $code = 1 ]
	grep -m 1 -o -F "$2" "$E2E_STATE/explained" || { cat "$E2E_STATE/explained"; return 1; }
}
# told NAME WORDS EXPLANATION
told() {
	eventually condition_is "$1" PodsPending status True
	condition "$1" PodsPending message | grep -o "$2" | sort -u
	kubectl get events --field-selector "reason=PodsPending,involvedObject.name=$1" -o 'jsonpath={.items[0].message}' | grep -o "$2" | sort -u
	explain "$1" "$3"
}
told giant '1 of "workers": 0/1 nodes are available: 1 Insufficient cpu' 'no node can hold this pod'
told imageless '127.0.0.1:1/ray' 'cannot be pulled: the registry does not answer the node'
