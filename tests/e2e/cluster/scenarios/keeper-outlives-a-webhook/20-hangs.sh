# One that never answers holds up the clusters whose pods it is asked for, and no other one.
. ./lib.sh

# beside N: another cluster has its first pod while those hang, for whose end the API server waits for 10 s.
beside() {
	local from took
	from=$(now_ms)
	keeper_cluster "beside$1" 1 | kubectl apply -f - >/dev/null
	eventually keeper_has_some "beside$1" 1
	took=$(($(now_ms) - from))
	tell "beside two whose webhook hangs another one has its first pod after $took ms"
	[ "$took" -lt 8000 ]
	eventually keeper_is "beside$1" ready
}

start_deaf deaf
for name in hangs too; do
	webhook "https://127.0.0.1:$(<"$E2E_STATE/log/deaf")/" "$name"
done
for name in hangs too; do
	keeper_cluster "$name" 60
done | kubectl apply -f -
beside 1 # while their first pods hang, and then the next ones
for name in hangs too; do
	eventually failure_is_told "$name"
done
beside 2
beside 3
for name in hangs too; do
	webhook_end "$name"
done
stop deaf
for name in hangs too; do
	keeper_complete "$name" 61
	[ "$(pods_made "$name")" = 61 ]
done
kubectl delete rayclusters.ray.io --all
