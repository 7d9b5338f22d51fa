# shellcheck shell=bash
# A cluster for each of Ray's two autoscalers, both unchanged.
. "$HERE/lib/ray_clusters.sh"

# needs_three NAME: a program that cannot end before there are three workers.
needs_three() {
	in_head "$1" python -c "$(<"$HERE/lib/nodes.py")" 3 2>"$E2E_STATE/program-$1.err" |
		grep -x '.* of them workers' >"$E2E_STATE/program-$1" || tail -n 5 "$E2E_STATE/program-$1.err"
}

has_workers() {
	[ "$(ray_pods "$1" worker | wc -l)" = "$2" ]
}

# It has not been ended by what it was refused.
autoscaler_goes_on() {
	[ "$(kubectl get pod "$(ray_pods "$1" head)" \
		-o 'jsonpath={.status.containerStatuses[?(@.name=="autoscaler")].restartCount}')" = 0 ]
}

# Both run their program, and end with none of the workers that it had.
begin_programs() {
	local version
	for version in v1 v2; do
		needs_three "$version" &
	done
}

end_programs() {
	local version
	wait
	cat "$E2E_STATE"/program-v[12]
	for version in v1 v2; do
		eventually has_workers "$version" 0
		autoscaler_goes_on "$version"
	done
}

# So many workers of both together are there.
workers_are() {
	[ "$(kubectl get pods -l ray.io/node-type=worker,ray.io/cluster!=holder -o name | wc -l)" = "$1" ]
}

told_by_event() {
	kubectl get events --field-selector "involvedObject.name=$1,reason=$2" -o name | grep .
}
