# Deleted with --cascade=orphan, and applied again: what was left is taken in as it is, and goes with
# it in the end. What is given away stays away until then.
. "$HERE/lib/keeper.sh"
objects() {
	kubectl get pods,services -l ray.io/cluster=minimal -o \
		'jsonpath={range .items[*]}{.metadata.uid} {.metadata.ownerReferences[0].uid}{"\n"}{end}' | sort
}
nothing_left() {
	[ -z "$(kubectl get pods,services -l ray.io/cluster=minimal -o name)" ]
}
all_owned() {
	[ "$(objects)" = "$(sed "s/ .*/ $(kubectl get rayclusters.ray.io minimal -o 'jsonpath={.metadata.uid}')/" "$E2E_STATE/orphans")" ]
}
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
eventually keeper_is minimal ready
objects >"$E2E_STATE/owned"
kubectl delete rayclusters.ray.io minimal --cascade=orphan
objects >"$E2E_STATE/orphans"
[ "$(cut -d ' ' -f 1 "$E2E_STATE/owned")" = "$(cut -d ' ' -f 1 "$E2E_STATE/orphans")" ]
[ -z "$(cut -s -d ' ' -f 2 "$E2E_STATE/orphans" | tr -d '\n')" ]
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
eventually all_owned
eventually keeper_is minimal ready
all_owned
kubectl get events -o 'jsonpath={.items[*].reason}' | grep -wo -m 1 AdoptedPod
kubectl delete rayclusters.ray.io minimal
eventually nothing_left
