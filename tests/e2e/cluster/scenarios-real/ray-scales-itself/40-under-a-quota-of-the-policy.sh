# The same where the policy says it: a third cluster, whose pods wait for a node, holds the room.
. ./lib.sh
sed 's/VERSION/holder/; s/enableInTreeAutoscaling: true/enableInTreeAutoscaling: false/; /autoscalerOptions/,/env:/d
	s/^    minReplicas: 0/    replicas: 3\n&/; s/^        terminationGrace.*/&\n        nodeSelector: {none: such}/' cluster.yaml |
	kubectl apply -f - >/dev/null 2>&1
eventually condition_is holder Accepted status True
begin_programs
for version in v1 v2; do
	eventually condition_is "$version" Accepted reason QuotaExceeded
	condition "$version" Accepted message | grep -o 'exceeds the quota of namespace "[a-z-]*": pods asks for 4'
	eventually told_by_event "$version" QuotaExceeded
done
eventually workers_are 2
kubectl delete rayclusters.ray.io holder >/dev/null
end_programs
for version in v1 v2; do
	eventually condition_is "$version" Accepted status True
done
kubectl delete rayclusters.ray.io --all >/dev/null
eventually nothing_left v1
eventually nothing_left v2
