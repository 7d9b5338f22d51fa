# KubeRay ended, and what it made is there: pods and a Service that the cluster owns. We go on with
# them as they are, with no pod made anew; a worker more is one of ours.
. "$HERE/lib/keeper.sh"
uids() {
	kubectl get pods,services -l ray.io/cluster=minimal -o 'jsonpath={range .items[*]}{.metadata.uid}{"\n"}{end}' | sort
}
rounds() {
	curl -fsS "http://$(gate_ops 1)/metrics" |
		awk '/^raygate_controller_reconcile_duration_seconds_count/ { sum += $2 } END { print sum }'
}
keeper_prepare
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
uid=$(kubectl get rayclusters.ray.io minimal -o 'jsonpath={.metadata.uid}')
owner="{apiVersion: ray.io/v1, kind: RayCluster, name: minimal, uid: $uid, controller: true, blockOwnerDeletion: true}"
echo '{apiVersion: raygate.dev/v1, kind: Policy, target: {controller: kuberay, version: 1.7.0}}' >"$E2E_STATE/kuberay.yaml"
"$RAYGATE" plan -n "$NAMESPACE" --policy "$E2E_STATE/kuberay.yaml" -o yaml "$ROOT/manifests/samples/ray.io-minimal.yaml" |
	sed "s|^  labels:|  ownerReferences: [$owner]\n&|
		s|^    ray.io/ft-enabled:.*|&\n    ray.io/upgrade-strategy-recreate-hash: LOFBTM1JQI9B65CRFTKSKQPKFUU20QMO\n    ray.io/kuberay-version: v1.7.0|" |
	kubectl create -f -
keeper_complete minimal 2
before=$(uids)
[ "$(wc -l <<<"$before")" = 3 ]
keeper_start 1
eventually keeper_is minimal ready
[ "$(uids)" = "$before" ]
[ "$(keeper_writes)" -le 2 ]
kubectl patch rayclusters.ray.io minimal --type json -p '[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":2}]'
keeper_complete minimal 3
[ "$(uids | comm -12 - <(echo "$before") | wc -l)" = 3 ]
kubectl delete rayclusters.ray.io minimal --wait=false
eventually keeper_has minimal 0
