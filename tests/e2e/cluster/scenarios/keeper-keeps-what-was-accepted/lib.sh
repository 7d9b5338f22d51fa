# shellcheck shell=bash
# Past the gate a spec comes in that is more than the quota; of that no pod is ever made.
# shellcheck source=../../lib/keeper.sh
. "$HERE/lib/keeper.sh"

# condition TYPE FIELD
condition() {
	kubectl get rayclusters.ray.io kept -o "jsonpath={.status.conditions[?(@.type==\"$1\")].$2}"
}

condition_is() {
	[ "$(condition "$1" "$2")" = "$3" ]
}

# ask CPU: of each worker.
ask() {
	local at=/spec/workerGroupSpecs/0/template/spec/containers/0/resources
	kubectl patch rayclusters.ray.io kept --type json -p "[
		{\"op\":\"replace\",\"path\":\"$at/limits/cpu\",\"value\":\"$1\"},
		{\"op\":\"replace\",\"path\":\"$at/requests/cpu\",\"value\":\"$1\"}]"
}

# workers_have CPU N: so many workers run, and each of them with so much.
workers_have() {
	[ "$(kubectl get pods -l ray.io/cluster=kept,ray.io/node-type=worker -o \
		'jsonpath={range .items[*]}{.status.phase} {.spec.containers[0].resources.limits.cpu}{"\n"}{end}' |
		sort | uniq -c | sed 's/^ *//')" = "$2 Running $1" ]
}

# The operator ends without a word, and nobody is waited for who does not come back.
operator_dies() {
	gate_stop KILL 1
	kubectl -n raygate delete lease --all
}

revision() {
	kubectl get controllerrevisions kept-accepted-spec -o "jsonpath={$1}"
}

revision_is() {
	[ "$(revision .revision)" = "$1" ]
}
