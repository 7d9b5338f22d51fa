# One that never answers holds up the cluster whose pods it is asked for, and no other one.
. ./lib.sh
start deaf python3 -c 'import socket, signal
s = socket.create_server(("127.0.0.1", 0), backlog=512)
print(s.getsockname()[1], flush=True)
signal.pause()'
eventually grep . "$E2E_STATE/log/deaf"
webhook "https://127.0.0.1:$(<"$E2E_STATE/log/deaf")/" hangs
keeper_cluster hangs 60 | kubectl apply -f -
eventually failure_is_told hangs
for n in 1 2 3; do
	from=$(now_ms)
	keeper_cluster "beside$n" 1 | kubectl apply -f - >/dev/null
	eventually keeper_has_some "beside$n" 1
	tell "beside one whose webhook hangs another one has its first pod after $(($(now_ms) - from)) ms"
	eventually keeper_is "beside$n" ready
done
webhook_end hangs
stop deaf
keeper_complete hangs 61
[ "$(pods_made hangs)" = 61 ]
kubectl delete rayclusters.ray.io --all
