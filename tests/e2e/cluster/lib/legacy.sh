# shellcheck shell=bash
# RayClusters of cluster.ray.io in namespace ray, as a scenario looks at them.

# legacy_is NAME PHASE RESTARTS, in namespace ray.
legacy_is() {
	[ "$(kubectl -n ray get rayclusters.cluster.ray.io "$1" \
		-o 'jsonpath={.status.phase} {.status.autoscalerRetries}')" = "$2 $3" ]
}

# legacy_runs NAME WORKERS: so many workers are ready, and the head.
legacy_runs() {
	[ "$(kubectl -n ray get pods -l "ray-cluster-name=$1" --field-selector status.phase=Running \
		-o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp}{"x\n"}{end}' | grep -cx x)" = $(($2 + 1)) ]
}

# legacy_ready NAME WORKERS: the same, and Ray is up in all of them.
legacy_ready() {
	[ "$(kubectl -n ray get pods -l "ray-cluster-name=$1" \
		-o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
		grep -cx True)" = $(($2 + 1)) ]
}

head_of() {
	kubectl -n ray get pods -l "ray-cluster-name=$1,ray-node-type=head" \
		-o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp}x{.metadata.name}{"\n"}{end}' | sed -n 's/^x//p'
}

# What kubectl prints, without what differs each time.
shown() {
	sed -E 's/-type-[bcdfghjklmnpqrstvwxz2456789]{5} /-type-xxxxx /; s/ [0-9]+(s|m[0-9]*s?)$/ AGE/
		s/ 10\.[0-9.]+ +/ ADDRESS /'
}
