# Whoever keeps one namespace alone cannot read our Lease, so we leave it to him, and keep the others. When
# he has gone, what is there goes on.
. "$HERE/lib/keeper.sh"
keep() {
	kubectl apply -f - <<-END
		apiVersion: coordination.k8s.io/v1
		kind: Lease
		metadata: {name: raygate-controller, namespace: team-own}
		spec:
		  holderIdentity: someone_0_controller_of_team-own
		  leaseDurationSeconds: $1
		  renewTime: "$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)"
	END
}
# own PODS: whether the namespace has so many.
own() {
	[ "$(kubectl get pods -n team-own -o name | wc -l)" = "$1" ]
}
kubectl create namespace team-own
keep 3600
eventually grep -q 'a namespace has a controller of its own.*team-own' "$E2E_STATE/log/gate-1"
keeper_cluster theirs 1 | kubectl apply -n team-own -f -
# One that comes after it in the same queue is served.
keeper_cluster ours 1 | kubectl apply -f -
eventually keeper_is ours ready
own 0
keep 1
eventually own 2
kubectl delete rayclusters.ray.io ours
kubectl delete namespace team-own --wait=false
