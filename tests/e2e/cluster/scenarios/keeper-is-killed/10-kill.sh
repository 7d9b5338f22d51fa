# The leader ends without a word while 20 clusters are being made; the other replica goes on, nothing is
# there twice, and what all statuses say becomes true.
. "$HERE/lib/keeper.sh"
keeper_prepare
keeper_start 1 2
leader=$(live_leader)
for n in $(seq 20); do
	keeper_cluster "c$n" 3
done | kubectl apply -f - &
eventually keeper_has_any 10
gate_stop KILL "$leader"
wait
eventually keeper_works
for n in $(seq 20); do
	keeper_complete "c$n" 4
	[ "$(keeper_pods "c$n")" = 4 ]
done
[ "$(kubectl get services -l ray.io/cluster -o name | wc -l)" = 20 ]
eventually keeper_tells_what_is || { diff "$E2E_STATE/told" "$E2E_STATE/is"; exit 1; }
[ "$(wc -l <"$E2E_STATE/is")" = 20 ]
