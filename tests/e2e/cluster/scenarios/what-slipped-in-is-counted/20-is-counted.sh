# By each replica, before anybody applies anything again.
stored_is() {
	local stored
	stored=$(curl -fsS "http://$(gate_ops "$1")/metrics" | sed -n 's/^raygate_stored_clusters{group="ray.io",rules="broken"} //p')
	[ "$stored" = "$2" ]
}
gate_start 1 2
for n in 1 2; do
	eventually stored_is $n 2
	curl -fsS "http://$(gate_ops $n)/metrics" | grep ^raygate_stored_
	grep -o 'a stored object breaks rules.*"rule":"RG[0-9]*"' "$E2E_STATE/log/gate-$n" | sort
done
