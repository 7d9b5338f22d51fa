# shellcheck shell=bash
# A cluster for each of Ray's two autoscalers, both unchanged.
. "$HERE/lib/ray_clusters.sh"
. "$HERE/lib/ray_program.sh"

has_workers() {
	[ "$(ray_pods "$1" worker | wc -l)" = "$2" ]
}

# It has not been ended by what it was refused.
autoscaler_goes_on() {
	[ "$(kubectl get pod "$(ray_pods "$1" head)" \
		-o 'jsonpath={.status.containerStatuses[?(@.name=="autoscaler")].restartCount}')" = 0 ]
}

# Both run a program that cannot end before there are three workers, and end with none of them.
begin_programs() {
	local version
	for version in v1 v2; do
		program_run "$(ray_pods "$version" head)" -c ray-head &
	done
}

end_programs() {
	local version
	wait
	for version in v1 v2; do
		program_tells "$(ray_pods "$version" head)" -c ray-head
	done
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
