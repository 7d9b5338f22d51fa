# The same, and nobody was there to keep what was accepted: nothing is made, and that is said.
. ./lib.sh
ask 200m
eventually condition_is Accepted status True
kubectl delete pods -l ray.io/cluster=kept
eventually workers_have 200m 1
eventually keeper_is kept ready

operator_dies
ask 3
kubectl delete pods -l ray.io/cluster=kept
keeper_start 1
eventually condition_is PodsWithheld status True
condition PodsWithheld message | grep -F 'not replaced: 1 of "headgroup", 1 of "workers"'
kubectl get events --field-selector reason=PodsWithheld -o name | grep .
"$RAYGATE" explain kept -n "${PWD##*/}" | tee "$E2E_STATE/explained" || true
grep -F 'not replaced: 1 of "headgroup", 1 of "workers"' "$E2E_STATE/explained"
keeper_has kept 0

# What was accepted before that is of no use; what is accepted next is.
revision .revision | grep .
ask 150m
eventually condition_is Accepted status True
eventually workers_have 150m 1
eventually keeper_is kept ready
condition_is PodsWithheld status ''

# Nothing of it stays.
kubectl delete rayclusters.ray.io kept
eventually keeper_has kept 0
nothing_is_kept() {
	[ -z "$(kubectl get controllerrevisions -o name)" ]
}
eventually nothing_is_kept
