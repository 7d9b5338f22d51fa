# Deleted with --cascade=orphan while its accepted spec is kept, which has text that the API server spells
# otherwise than JSON has to be. What is left is in nobody's way: the next one of the name keeps its own.
. ./lib.sh
odd() {
	keeper_cluster kept 1 | sed 's/rayVersion: .*/&\n  headServiceAnnotations: {odd: "a<b>\&c \\u2028 é"}/'
}
owner_is() {
	[ "$(revision '.metadata.ownerReferences[*].uid')" = "$1" ]
}
uid() {
	kubectl get rayclusters.ray.io kept -o 'jsonpath={.metadata.uid}'
}
odd | kubectl apply -f -
eventually keeper_is kept ready
ask 3
eventually owner_is "$(uid)"
kubectl delete rayclusters.ray.io kept --cascade=orphan --timeout "${PATIENCE}s"
owner_is ''

odd | kubectl apply -f -
eventually keeper_is kept ready
ask 4
eventually owner_is "$(uid)"
condition_is ReplicaFailure status ''
operator_dies
kubectl delete pods -l ray.io/cluster=kept
keeper_start 1
eventually workers_have 100m 1

kubectl delete rayclusters.ray.io kept
eventually keeper_has kept 0
nothing_is_kept() {
	[ -z "$(kubectl get controllerrevisions -o name)" ]
}
eventually nothing_is_kept
