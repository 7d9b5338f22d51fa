# KubeRay comes while a large cluster is being made: of what was asked for, only what is on its way is still
# done. When it has gone, there are as many pods as are asked for.
. "$HERE/lib/keeper.sh"
renew() {
	kubectl patch lease ray-operator-leader -n raygate --type merge -p \
		"{\"spec\":{\"leaseDurationSeconds\":$1,\"renewTime\":\"$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)\"}}"
}
keeper_cluster large 400 | kubectl apply -f -
eventually keeper_has_some large 20
renew 3600
eventually keeper_yields
kubectl get pods -l ray.io/cluster=large -o name | wc -l >"$E2E_STATE/made"
tell "stood back with $(<"$E2E_STATE/made") of 401 pods"
[ "$(<"$E2E_STATE/made")" -lt 401 ]
late=$(tac "$E2E_STATE/log/gate-1" | sed '/another controller reconciles/,$d' | grep -c '"created"' || true)
[ "$late" -le 8 ]
renew 1
eventually keeper_has large 401
kubectl delete rayclusters.ray.io large minimal --wait=false
eventually keeper_has large 0
