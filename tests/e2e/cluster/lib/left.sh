# shellcheck shell=bash
# What there is besides the scenarios' own namespaces: a scenario leaves no more than it found, so that
# none hangs on those before it.

# Of which any object may be in the way of another scenario; Events are not.
LEFT_KINDS=namespaces,nodes,persistentvolumes,priorityclasses,customresourcedefinitions
LEFT_KINDS+=,mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings
LEFT_KINDS+=,rayclusters.ray.io,rayjobs,rayservices,raycronjobs,rayclusters.cluster.ray.io,leases,secrets
LEFT_KINDS+=,configmaps,services,endpointslices,serviceaccounts,roles,rolebindings,resourcequotas,pods
LEFT_KINDS+=,deployments,replicasets,statefulsets,jobs,poddisruptionbudgets,networkpolicies

LEFT_BEFORE=$E2E_STATE/left-before

# left_list: a line `KIND NAMESPACE NAME` for each object that is in no scenario's namespace and that
# Kubernetes did not make for itself, and for each program that runs. Whether the gate is registered
# is for gate_end to say.
left_list() {
	local names
	# shellcheck disable=SC2154 # kinds.sh knows it
	names=$(cd "$HERE/$scenarios" && echo *)
	{
		kubectl get "$LEFT_KINDS" -A --no-headers \
			-o 'custom-columns=API:.apiVersion,KIND:.kind,IN:.metadata.namespace,NAME:.metadata.name'
		left_programs
	} | awk -v names=" $names " '
		$3 ~ /^kube-/ || index(names, " " $3 " ") { next }
		$2 == "Namespace" && index(names, " " $4 " ") { next }
		$2 == "ConfigMap" && $4 == "kube-root-ca.crt" { next }
		$2 == "ServiceAccount" && $4 == "default" { next }
		$2 ~ /WebhookConfiguration$/ && $4 == "raygate" { next }
		split($1, api, "/") == 2 { $2 = $2 "." api[2] "." api[1] }
		{ print $2, $3, $4 }' | sort
}

# By the two first words of their command lines; not those that come and go with whoever looks. Where
# the machine's other processes are seen, one that ends meanwhile is an error to grep.
left_programs() {
	local environ words program
	{ grep -slzxF "E2E_STATE=$E2E_STATE" /proc/[0-9]*/environ || true; } | while read -r environ; do
		{ mapfile -d '' words <"${environ%environ}cmdline"; } 2>/dev/null || continue
		program=${words[0]-}
		case ${program##*/} in
		'' | bash | unshare | setpriv | timeout | awk | sort | grep | comm) ;;
		*) echo - Program - "${program##*/}${words[1]:+/${words[1]##*/}}" ;;
		esac
	done
}

left_begin() {
	left_list >"$LEFT_BEFORE"
}

# left_now: what there is and was not when left_begin looked.
left_now() {
	left_list | comm -13 "$LEFT_BEFORE" -
}

left_nothing() {
	[ -z "$(left_now)" ]
}

# left_remove: takes away what a scenario that failed left, so that it alone fails.
left_remove() {
	local release kind in name
	helm list --all-namespaces --all --no-headers | while read -r release in _; do
		helm uninstall "$release" --namespace "$in"
	done
	gate_unregister
	left_now | while read -r kind in name; do
		case $kind in
		Program) left_kill "$name" ;;
		RayCluster*) kubectl --namespace "$in" patch "$kind" "$name" --type merge \
			-p '{"metadata":{"finalizers":null}}' ;&
		*) kubectl --namespace "${in/<none>/default}" delete "$kind" "$name" --wait=false ;;
		esac
	done
}

# left_kill NAME: whatever was started of that name.
left_kill() {
	local pid
	for pid in "$E2E_STATE"/pid/*; do
		[ -s "$pid" ] && tr '\0' ' ' <"/proc/$(<"$pid")/cmdline" | grep -qF "${1/\// }" &&
			stop "${pid##*/}" KILL
	done 2>/dev/null
}
