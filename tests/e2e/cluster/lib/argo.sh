# shellcheck shell=bash
# What Argo CD thinks of an object that it applied itself, by each way that it may be told to apply
# and to compare.

# argo_compare MANIFEST
argo_compare() {
	local by compare flags
	for by in client server; do
		flags=()
		[ "$by" = client ] || flags=(--server-side --field-manager argocd-controller)
		kubectl apply "${flags[@]}" -f "$1" >/dev/null
		for compare in plain server webhook; do
			argo "$compare" "$1" | sed "s/^/applied by the $by, compared by $compare: /"
		done
		kubectl delete -f "$1" >/dev/null
	done
}
