# shellcheck shell=bash
. "$HERE/lib/legacy.sh"
. "$HERE/lib/ray_program.sh"

# session NAME: from the chart to two workers that are ready, and what kubectl shows of it. It is run
# in the charts' folder, as the words of the session say.
session() {
	local values=$PWD/session.yaml began
	cd "$ROOT/manifests/charts"
	helm -n ray install "$1" --create-namespace ./ray -f "$values" >/dev/null
	began=$(now_ms)
	kubectl -n default rollout status deployment/ray-operator --timeout "${PATIENCE}s" >/dev/null
	eventually legacy_is "$1" Running 0
	tell "the head runs after $(($(now_ms) - began)) ms"
	eventually legacy_ready "$1" 2
	tell "two workers are ready after $(($(now_ms) - began)) ms"
	kubectl -n ray get rayclusters | shown
	kubectl -n ray get pods | shown
	kubectl -n ray get service | shown | tr -s ' '
	kubectl -n default get deployment ray-operator | shown
}

# program HEAD: one that is handed to the head uses the workers: head and workers have one CPU each.
program() {
	program_run -n ray "$1" -c ray-node
	program_tells -n ray "$1" -c ray-node
}

# What is left on purpose.
operator_end() {
	kubectl -n default delete secret/ray-operator-tls lease/raygate-controller >/dev/null
}
