# A webhook for pods is away for longer than anything waits. It is told which one, by condition, Event
# and explain; then there are as many pods as are wanted, as they are wanted by then, and never were more.
. ./lib.sh
keeper_prepare
keeper_start 1
webhook https://127.0.0.1:1/ away
keeper_cluster away 2 | sed 's/^spec:/&\n  enableInTreeAutoscaling: true/' | kubectl apply -f -
eventually failure_is_told away
eventually event_tells
"$RAYGATE" explain away -n "$NAMESPACE" >"$E2E_STATE/explained" || [ $? = 1 ]
grep -F 'pods.example.com' "$E2E_STATE/explained"

# Each try comes later than the one before: by then it is most of a minute.
eventually tried 9
keeper_cluster away 2 | sed 's/^spec:/&\n  enableInTreeAutoscaling: true/; s/256Mi/300Mi/' | kubectl apply -f -
webhook_end away
keeper_complete away 3
eventually keeper_is away ready
[ "$(pods_made away)" = 3 ]
[ "$(kubectl get pods -l ray.io/cluster=away \
	-o 'jsonpath={range .items[*]}{.spec.containers[0].resources.requests.memory}{"\n"}{end}' | sort -u)" = 300Mi ]
[ -z "$(failure away)" ]
kubectl delete rayclusters.ray.io away
