# 500 workers of one cluster, and beside them a small one that does not wait for them: between its
# Service and its last pod few of the other's are created, however slow the machine is.
. "$HERE/lib/keeper.sh"
keeper_cluster big 500 | kubectl apply -f -
eventually keeper_has_some big 30
keeper_cluster small 1 | kubectl apply -f -
eventually keeper_has small 2
between=$(grep '"msg":"created"' "$E2E_STATE/log/gate-1" |
	sed -n '/"name":"small-head-svc"/,$p' | awk '
		/"rayCluster":"small"/ { seen = others }
		/"rayCluster":"big"/ { others++ }
		END { print seen + 0 }')
tell "$between pods of the big cluster between a small one's Service and its last pod"
[ "$between" -le 20 ]
eventually keeper_has big 501
kubectl delete rayclusters.ray.io big small --wait=false
eventually keeper_has big 0
