# The head's end is the end of its Ray. A new one comes, and the workers find it by themselves.
. "$HERE/lib/ray_clusters.sh"
restarts_of() {
	kubectl get pod "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}'
}
restarted() {
	[ "$(restarts_of "$1")" -ge 1 ]
}
is_another() {
	[ -n "$(ray_pods demo head)" ] && [ "$(ray_pods demo head)" != "$head" ]
}
head=$(ray_pods demo head)
kill_in "$head" ray-head gcs_server
eventually restarted "$head"
eventually ray_knows demo 3
ray_complete demo 2

kubectl delete pod "$head" --wait=false
eventually is_another
ray_complete demo 2
eventually ray_knows demo 3
