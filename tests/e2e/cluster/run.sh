#!/bin/bash
# run.sh CMD…: runs CMD with a Kubernetes cluster of its own, which ends with it.
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

# A live run holds its lock; whatever it started does not.
sweep() {
	local dir
	for dir in "$base"/raygate-e2e-"$(id -u)".*; do
		[ -d "$dir" ] || continue
		if (flock -n 8 && end_processes "$dir") 8>>"$dir/lock"; then
			rm -rf "$dir"
		fi
	done
}

leave() {
	end_processes "$E2E_STATE"
	rm -rf "$E2E_STATE"
}

[ "$(uname -s)" = Linux ] || cannot "this is not Linux"

base=${TMPDIR:-/tmp}
sweep
E2E_STATE=$(mktemp -d "$base/raygate-e2e-$(id -u).XXXXXX")
exec 9>"$E2E_STATE/lock"
flock 9
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

names='tool etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kubectl-old helm
	kwok kwok-stages.yaml kuberay-crds'
# shellcheck disable=SC2086
"$here/build.sh" "$E2E_STATE/bin" $names 9>&- || cannot "a program of the cluster could not be built"
export E2E_STATE

apart=()
for user in '' '--user --map-root-user'; do
	# shellcheck disable=SC2206
	try=(unshare $user --net --mount --pid --fork --mount-proc --kill-child)
	if "${try[@]}" true 2>/dev/null; then
		apart=(setpriv --pdeathsig KILL "${try[@]}")
		break
	fi
done
E2E_APART=${apart[*]:+yes} "${apart[@]}" "$here/inside.sh" "$@" 9>&-
