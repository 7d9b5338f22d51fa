# A job that is handed to the head uses the workers.
. "$HERE/lib/ray_clusters.sh"
in_head demo ray job submit --address http://localhost:8265 -- \
	python -c "$(<"$HERE/lib/nodes.py")" 2 >"$E2E_STATE/job" 2>&1 || { tail -n 20 "$E2E_STATE/job"; exit 1; }
grep -x '.* of them workers' "$E2E_STATE/job"
