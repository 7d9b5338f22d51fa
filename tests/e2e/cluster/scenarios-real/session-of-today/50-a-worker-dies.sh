. "$HERE/lib/ray_clusters.sh"
replaced() {
	[ "$(ray_pods demo worker | grep -cvxF "$lost")" = 2 ] && ray_ready demo 2
}
lost=$(ray_pods demo worker | head -n 1)
kubectl delete pod "$lost" --wait=false
eventually replaced
eventually ray_knows demo 3
