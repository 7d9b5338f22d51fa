# Three ends of a worker. A raylet crashes, which ends the container; its pod is deleted; and a raylet that
# is told to end takes neither its container with it nor `ray start --block`, so that only the probe finds
# it, after two minutes.
. "$HERE/lib/ray_clusters.sh"
other_than() {
	ray_pods demo worker | grep -vxF "$1"
}
replaced() {
	[ -n "$(other_than "$deaf")" ] && [ "$(other_than "$deaf")" != "$lost" ]
}
is_ready() {
	[ "$(kubectl get pod "$1" -o 'jsonpath={.status.containerStatuses[0].ready}')" = true ]
}
# What the kubelet did, and why.
was_probed() {
	kubectl get events --field-selector "involvedObject.name=$1,reason=Killing" -o 'jsonpath={.items[*].message}' |
		grep -F 'failed liveness probe'
}
deaf=$(ray_pods demo worker | head -n 1)
lost=$(other_than "$deaf")
# After the head's end a worker that Ray knows again may not be known to the kubelet yet: until its
# startup probe has gone well once, no other one is looked at.
eventually is_ready "$deaf"
eventually is_ready "$lost"
lost_before=$(restarts_of "$lost")
kill_in "$lost" ray-worker raylet
eventually restarted "$lost" "$lost_before"
eventually is_ready "$lost"
eventually ray_knows demo 3

kubectl delete pod "$lost" --wait=false
eventually replaced
ray_complete demo 2
eventually ray_knows demo 3

deaf_before=$(restarts_of "$deaf")
began=$(now_ms)
kill_in "$deaf" ray-worker raylet TERM
eventually ray_knows demo 2
eventually restarted "$deaf" "$deaf_before"
tell "a worker without its raylet is started again after $(($(now_ms) - began)) ms"
was_probed "$deaf"
ray_complete demo 2
eventually ray_knows demo 3
