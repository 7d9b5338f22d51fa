# Deleted before it is ready: nothing of it stays.
. "$HERE/lib/keeper.sh"
keeper_cluster brief 100 | kubectl apply -f -
eventually keeper_has_some brief 5
kubectl delete rayclusters.ray.io brief
kubectl delete rayclusters.ray.io --all --wait=false
eventually keeper_has brief 0
[ -z "$(kubectl get services -l ray.io/cluster=brief -o name)" ]
