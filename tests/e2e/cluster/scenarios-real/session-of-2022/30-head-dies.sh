# Ray's end is the container's: the head is made anew, and its workers find the new one.
. "$HERE/lib/legacy.sh"
head=$(head_of example-cluster)
kubectl -n ray exec "$head" -- bash -c 'for p in /proc/[0-9]*; do
	name=; read -r -d "" name <$p/cmdline || continue
	[ "${name##*/}" != gcs_server ] || kill -9 ${p#/proc/}
done' 2>/dev/null
eventually legacy_is example-cluster Running 1
eventually legacy_ready example-cluster 2
kubectl -n ray get rayclusters | shown
