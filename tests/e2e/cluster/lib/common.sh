# shellcheck shell=bash disable=SC2034
# What all scripts in the cluster share. E2E_STATE is the run's folder: bin, log, pid, pki and more.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
# shellcheck source=../versions.sh
. "$HERE/versions.sh"

export PATH=$E2E_STATE/bin:$PATH
export KUBECONFIG=${E2E_KUBECONFIG:-$E2E_STATE/pki/admin.kubeconfig} KUBECACHEDIR=$E2E_STATE/kubecache
export HELM_CACHE_HOME=$E2E_STATE/helm HELM_CONFIG_HOME=$E2E_STATE/helm HELM_DATA_HOME=$E2E_STATE/helm
mkdir -p "$E2E_STATE"/{log,pid,pki}

# What is tried, as a program and as an image of it.
RAYGATE=${RAYGATE:-$ROOT/build/release/raygate}
RAYGATE_IMAGE=${RAYGATE_IMAGE:-$ROOT/build/raygate-image.tar}

say() {
	echo "e2e: $*"
}

now_ms() {
	echo $(("${EPOCHREALTIME/[^0-9]/}" / 1000))
}

# Seconds until what is waited for is taken for lost, the same for all, and no measure of anything: the
# slowest machine has that long, and nothing waits that passes.
PATIENCE=${E2E_PATIENCE:-300}

# start NAME COMMAND…: in the background, with a log of its own.
start() {
	local name=$1
	shift
	setsid "$@" >>"$E2E_STATE/log/$name" 2>&1 </dev/null &
	echo $! >"$E2E_STATE/pid/$name"
	disown
}

# running NAME
running() {
	[ -s "$E2E_STATE/pid/$1" ] && kill -0 "$(<"$E2E_STATE/pid/$1")" 2>/dev/null
}

# stop NAME [SIGNAL]: and waits until it has ended.
stop() {
	running "$1" || return 0
	kill -"${2:-TERM}" "$(<"$E2E_STATE/pid/$1")" 2>/dev/null || true
	eventually ended "$1"
	rm -f "$E2E_STATE/pid/$1"
}

ended() {
	! running "$1"
}

# eventually COMMAND…: waits until it succeeds; tells what was waited for when it never does.
eventually() {
	local until=$((SECONDS + PATIENCE))
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$until" ]; then
			say "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}

# api METHOD PATH [CURL-OPTION…]: the API server as the administrator, quicker than kubectl.
api() {
	curl -sS -X "$1" --cacert "$E2E_STATE/pki/ca.crt" --cert "$E2E_STATE/pki/admin.crt" \
		--key "$E2E_STATE/pki/admin.key" -H 'Content-Type: application/json' \
		"$(<"$E2E_STATE/api-url")$2" "${@:3}"
}

# show_logs NAME…: the last words of programs, for a failure.
show_logs() {
	local name
	for name; do
		echo "--- the log of $name ends:"
		tail -n 6 "$E2E_STATE/log/$name" | cut -c1-300
	done >&2
}

# wrong_object_is CODE: what the API server says to more workers at least than at most, which no CRD refuses.
wrong_object_is() {
	local code
	code=$(api POST '/apis/ray.io/v1/namespaces/default/rayclusters?dryRun=All' -o /dev/null \
		-w '%{http_code}' --data-binary @"$HERE/lib/wrong.json")
	[ "$code" = "$1" ]
}
