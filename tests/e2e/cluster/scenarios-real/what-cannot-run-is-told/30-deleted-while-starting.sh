# Deleted as soon as a container runs: all of it goes, and at once; so do those that never ran.
. "$HERE/lib/ray_clusters.sh"
runs() {
	kubectl get pods -l "ray.io/cluster=brief" -o 'jsonpath={.items[*].status.phase}' | grep -F Running
}
sed 's/name: demo/name: brief/' "$HERE/scenarios-real/session-of-today/10-cluster.yaml" | kubectl apply -f -
eventually runs
began=$(now_ms)
kubectl delete rayclusters.ray.io --all --wait=false
for name in giant imageless brief; do
	eventually nothing_left "$name"
done
tell "nothing is left after $(($(now_ms) - began)) ms"
