# While one cluster gets 500 pods another one is applied. It has its first pod as soon as the API server
# has taken the writes that were on their way, which are few.
. "$HERE/lib/keeper.sh"

# created NAME: how many pods of the cluster the controller has made, by its log.
created() {
	grep '"created"' "$E2E_STATE/log/gate-1" | grep '"kind":"Pod"' | grep -c "\"rayCluster\":\"$1\"" || true
}

has_pod() {
	api GET "/api/v1/namespaces/$NAMESPACE/pods?limit=1&labelSelector=ray.io%2Fcluster%3D$1" |
		grep -q '"uid"'
}

# first_pod NAME: applies the cluster; the milliseconds until it has a pod.
first_pod() {
	local from
	keeper_cluster "$1" 1 | kubectl create --dry-run=client -o json -f - >"$E2E_STATE/cluster.json"
	from=$(now_ms)
	api POST "/apis/ray.io/v1/namespaces/$NAMESPACE/rayclusters" -o /dev/null --fail \
		--data-binary @"$E2E_STATE/cluster.json"
	until has_pod "$1"; do :; done
	echo $(($(now_ms) - from))
}

keeper_prepare
keeper_start 1
alone=$(first_pod alone)
keeper_cluster large 499 | kubectl apply -f -
eventually keeper_has_some large 50
before=$(created large)
beside=$(first_pod small)
made=$(awk '!/"created"/ { next } /"rayCluster":"small"/ { exit }
	/"kind":"Pod"/ && /"rayCluster":"large"/ { n++ } END { print n + 0 }' "$E2E_STATE/log/gate-1")
tell "the first pod is there after $beside ms, alone after $alone ms; $((made - before)) of the 500 came between"
[ "$before" -lt 500 ]
[ $((made - before)) -le 100 ]
kubectl delete rayclusters.ray.io --all --wait=false
eventually keeper_has large 0
