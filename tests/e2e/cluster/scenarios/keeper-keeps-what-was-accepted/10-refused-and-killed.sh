# Refused while the operator runs, which then dies, and all pods with it: the next one makes them as they
# were accepted.
. ./lib.sh
keeper_prepare values.yaml
keeper_start 1
keeper_cluster kept 2 | kubectl apply -f -
eventually keeper_is kept ready
eventually workers_have 100m 2
[ -z "$(kubectl get controllerrevisions -o name)" ]
generation=$(kubectl get rayclusters.ray.io kept -o 'jsonpath={.metadata.generation}')

ask 3
eventually condition_is Accepted reason QuotaExceeded
eventually revision_is "$generation"
revision '.metadata.ownerReferences[0].name' | grep -x kept
operator_dies
kubectl delete pods -l ray.io/cluster=kept
keeper_start 1
eventually keeper_runs kept 3
workers_have 100m 2
condition_is Accepted reason QuotaExceeded

# Lost again, one by one, and scaled.
kubectl delete pods -l ray.io/cluster=kept,ray.io/node-type=worker
eventually workers_have 100m 2
kubectl patch rayclusters.ray.io kept --type json \
	-p '[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":1}]'
eventually workers_have 100m 1
