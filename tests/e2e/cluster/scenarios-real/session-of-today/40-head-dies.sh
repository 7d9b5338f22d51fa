# The head's end is the end of its Ray. A new one comes, and the workers find it by themselves.
. "$HERE/lib/ray_clusters.sh"
is_another() {
	[ -n "$(ray_pods demo head)" ] && [ "$(ray_pods demo head)" != "$head" ]
}
head=$(ray_pods demo head)
kill_in "$head" ray-head gcs_server
eventually restarted "$head" 0
eventually ray_knows demo 3
ray_complete demo 2

kubectl delete pod "$head" --wait=false
eventually is_another
ray_complete demo 2
eventually ray_knows demo 3
