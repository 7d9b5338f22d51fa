# What cannot be made real is told where people look, and what runs goes on.
. "$HERE/lib/keeper.sh"

# condition NAME TYPE FIELD
condition() {
	kubectl get rayclusters.ray.io "$1" -o "jsonpath={.status.conditions[?(@.type==\"$2\")].$3}"
}
condition_is() {
	[ "$(condition "$1" "$2" "$3")" = "$4" ]
}

# Nobody is asked at apply here, so the controller is the first to see it.
generation=$(kubectl get rayclusters.ray.io minimal -o 'jsonpath={.metadata.generation}')
kubectl patch rayclusters.ray.io minimal --type json -p '[
	{"op":"replace","path":"/spec/workerGroupSpecs/0/minReplicas","value":3},
	{"op":"replace","path":"/spec/workerGroupSpecs/0/maxReplicas","value":2}]'
eventually condition_is minimal Accepted reason InvalidSpec
condition_is minimal Accepted observedGeneration "$generation"
condition minimal Accepted message | grep -F RG0302
keeper_has minimal 2
kubectl delete pods -l ray.io/group=workers
eventually keeper_has minimal 2
kubectl patch rayclusters.ray.io minimal --type json -p '[
	{"op":"replace","path":"/spec/workerGroupSpecs/0/minReplicas","value":1},
	{"op":"replace","path":"/spec/workerGroupSpecs/0/maxReplicas","value":3}]'
eventually condition_is minimal Accepted status True

# No node has as much; upgrades are not made.
sed 's/name: minimal/name: giant/; s/cpu: "1"/cpu: "900"/; s/^  rayVersion/  upgradeStrategy: {type: Recreate}\n  rayVersion/' \
	"$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
eventually condition_is giant PodsPending reason Unschedulable
condition_is giant Supported status False
condition giant Supported message | grep -F 'upgradeStrategy Recreate'
kubectl get events --field-selector reason=PodsPending -o name | grep .
kubectl get events --field-selector reason=NotSupported -o name | grep .

# There is no room for a Service, and then there is.
kubectl create quota none --hard services=0
eventually kubectl wait --for 'jsonpath={.status.hard.services}=0' quota/none
sed 's/name: minimal/name: unserved/' "$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
eventually condition_is unserved ReplicaFailure reason FailedCreateService
condition unserved ReplicaFailure message | grep -F 'exceeded quota: none'
kubectl get events --field-selector reason=FailedToCreateService,involvedObject.name=unserved -o name | grep .
kubectl delete quota none
eventually keeper_is unserved ready
eventually condition_is unserved ReplicaFailure status ''
kubectl delete rayclusters.ray.io --all
eventually keeper_has minimal 0
eventually keeper_has giant 0
