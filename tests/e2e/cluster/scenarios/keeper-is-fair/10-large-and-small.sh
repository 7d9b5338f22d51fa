# While one cluster gets 500 pods another one is applied. It has its first pod as soon as the API server
# has taken the writes that were on their way, which are few; it waits for none of the 450 others.
. "$HERE/lib/keeper.sh"

PODS=/api/v1/namespaces/$NAMESPACE/pods

# made_at NAME: when the controller had made its first pod, by its log, in ms. Whoever asks the API
# server until there is one waits for that.
made_at() {
	local ts
	ts=$(sed -nE "/\"created\".*\"kind\":\"Pod\".*\"rayCluster\":\"$1\"/ s/.*\"ts\":\"([^\"]*)\".*/\1/p" \
		"$E2E_STATE/log/gate-1" | head -n 1)
	[ -n "$ts" ] && date -d "$ts" +%s%3N
}

# first_pod NAME: applies the cluster; the milliseconds until it has a pod. What the API server made
# of the cluster is then in $E2E_STATE/made.
first_pod() {
	local from
	keeper_cluster "$1" 1 | kubectl create --dry-run=client -o json -f - >"$E2E_STATE/cluster.json"
	from=$(now_ms)
	api POST "/apis/ray.io/v1/namespaces/$NAMESPACE/rayclusters" -o "$E2E_STATE/made" --fail \
		--data-binary @"$E2E_STATE/cluster.json"
	eventually made_at "$1"
	echo $(($(made_at "$1") - from))
}

# pods_between NAME OTHER: how many pods of OTHER the API server made between the cluster of
# $E2E_STATE/made and its first pod, as whoever watched would have seen it.
pods_between() {
	local version
	version=$(sed -nE 's/.*"resourceVersion": ?"([0-9]+)".*/\1/p' "$E2E_STATE/made" | head -n 1)
	{ api GET "$PODS?watch=1&resourceVersion=$version&timeoutSeconds=$PATIENCE" 2>/dev/null || true; } |
		awk -v name="$1" -v other="$2" '
			!/^\{"type":"ADDED"/ { next }
			index($0, "\"ray.io/cluster\":\"" other "\"") { n++ }
			index($0, "\"ray.io/cluster\":\"" name "\"") { print n + 0; exit }'
}

keeper_prepare
keeper_start 1
alone=$(first_pod alone)
keeper_cluster large 499 | kubectl apply -f -
eventually keeper_has_some large 50
from=$(now_ms)
beside=$(first_pod small)
between=$(pods_between small large)
eventually keeper_has large 500
rest=$(($(now_ms) - from))
tell "the first pod is there after $beside ms, alone after $alone ms; $between pods of the large one came between, whose last is there after $rest ms"
[ "$between" -le 50 ]
# By this run's own pace, however busy the machine is.
[ $((beside - alone)) -le $((rest / 4)) ]
kubectl delete rayclusters.ray.io --all --wait=false
eventually keeper_has large 0
