#!/bin/bash
# run.sh CMD…: runs CMD with a Kubernetes cluster of its own, which ends with it.
#
# NODE=simulated, the default: nodes on which nothing runs. NODE=real: this machine, with containers.
#
# Where unshare is allowed, all of it lives in namespaces of its own: no port, process or mount of
# it is seen outside, and all end with the first process. Elsewhere it listens on free ports of
# loopback. Either way, what a killed run left behind is ended by the next one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Where it cannot run, this is a line for a person and a failure for CI.
cannot() {
	echo "e2e: not run: $1"
	[ "${CI:-}" != true ] || exit 1
	exit 0
}

# All processes that belong to the run whose folder is $1 know it by this variable.
end_processes() {
	local environ pid
	for environ in /proc/[0-9]*/environ; do
		pid=${environ//[!0-9]/}
		if [ "$pid" != $$ ] && grep -qzxF "E2E_STATE=$1" "$environ" 2>/dev/null; then
			kill -KILL "$pid" 2>/dev/null || true
		fi
	done
}

# What pods leave in /sys/fs/cgroup, which no namespace of ours holds. A process that was killed is in
# its group until it is gone.
remove_cgroups() {
	local group tries
	for group in /sys/fs/cgroup/"$1" /sys/fs/cgroup/*/"$1"; do
		for ((tries = 0; tries < 50; tries++)); do
			[ -d "$group" ] || break
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
		done
	done
}

remove() {
	end_processes "$1"
	remove_cgroups "$(basename "$1")"
	rm -rf "$1"
}

# A live run holds its lock; whatever it started does not.
sweep() {
	local dir
	for dir in "$base"/raygate-e2e-"$(id -u)".*; do
		[ -d "$dir" ] || continue
		(flock -n 8 && remove "$dir") 8>>"$dir/lock" || true
	done
}

# Looks for a way to be apart from the rest of the machine.
find_apart() {
	local user try
	for user in '' '--user --map-root-user'; do
		# shellcheck disable=SC2206
		try=(unshare $user --net --mount --pid --fork --mount-proc --kill-child)
		if "${try[@]}" true 2>/dev/null; then
			apart=(setpriv --pdeathsig KILL "${try[@]}")
			return
		fi
	done
}

# Containers need all of these, and a container in which we run ourselves may lack them.
need_for_real_node() {
	local program
	[ "$(id -u)" = 0 ] || cannot "a real node needs root"
	[ -n "${apart[*]}" ] || cannot "a real node needs namespaces, and unshare is not allowed here"
	[ -w /sys/fs/cgroup ] || cannot "a real node needs /sys/fs/cgroup, and it cannot be written"
	for program in containerd runc iptables conntrack debootstrap; do
		command -v "$program" >/dev/null || cannot "a real node needs $program"
	done
}

[ "$(uname -s)" = Linux ] || cannot "this is not Linux"
export E2E_NODE=${NODE:-simulated}
apart=()
find_apart
[ "$E2E_NODE" = simulated ] || need_for_real_node

# Scenarios are run in other folders.
for path in KUBERAY KUBERAY_CRDS; do
	[ -n "${!path:-}" ] || continue
	real=$(realpath -e "${!path}") || cannot "there is no $path '${!path}'"
	export "$path=$real"
done

base=${TMPDIR:-/tmp}
sweep
E2E_STATE=$(mktemp -d "$base/raygate-e2e-$(id -u).XXXXXX")
exec 9>"$E2E_STATE/lock"
flock 9
trap 'remove "$E2E_STATE"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

names='tool etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kubectl-old helm
	kuberay-crds'
case $E2E_NODE in
simulated) names+=' kwok kwok-stages.yaml argo cert-manager cert-manager-crds' ;;
real) names+=' kubelet kube-proxy coredns pause.tar ray.tar' ;;
*) cannot "there are simulated and real nodes, none that is $E2E_NODE" ;;
esac
# shellcheck disable=SC2086
"$here/build.sh" "$E2E_STATE/bin" $names 9>&- || cannot "a program of the cluster could not be built"
export E2E_STATE
E2E_APART=${apart[*]:+yes} "${apart[@]}" "$here/inside.sh" "$@" 9>&-
