# 500 workers of one cluster, and beside them a small one that does not wait for them: from the end of
# its apply until its last pod is created passes less than a second.
. "$HERE/lib/keeper.sh"
keeper_cluster big 500 | kubectl apply -f -
within 60 keeper_has_some big 30
keeper_cluster small 1 | kubectl apply -f -
began=$(now_ms)
within 30 keeper_has small 2
last=$(grep '"kind":"Pod"' "$E2E_STATE/log/gate-1" | grep '"rayCluster":"small"' | tail -n 1 |
	sed 's/.*"ts":"\([^"]*\)".*/\1/')
took=$(($(date -d "$last" +%s%3N) - began))
tell "a small cluster's last pod $took ms after its apply, with $(keeper_pods big) of the big one's"
[ "$took" -lt 1000 ]
! keeper_has big 501
within 120 keeper_has big 501
kubectl delete rayclusters.ray.io big small --wait=false
within 120 keeper_has big 0
