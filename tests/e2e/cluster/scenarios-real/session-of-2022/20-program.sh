# A program that is handed to the head uses the workers: head and workers have one CPU each.
. "$HERE/lib/legacy.sh"
kubectl -n ray exec "$(head_of example-cluster)" -- \
	python -c "$(<"$HERE/lib/nodes.py")" 3 >"$E2E_STATE/program" 2>&1 || { tail -n 5 "$E2E_STATE/program"; exit 1; }
grep -x '.* of them workers' "$E2E_STATE/program"
