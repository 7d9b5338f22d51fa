# shellcheck shell=bash source-path=SCRIPTDIR
# The gate on a real node: what `helm install` of our chart with our image makes of it.

# shellcheck source=real_node.sh
. "$HERE/lib/real_node.sh"

CHART=$ROOT/manifests/charts/raygate
GATE_NAMESPACE=raygate-system

gate_prepare() {
	kubectl create namespace "$GATE_NAMESPACE" >/dev/null
}

# gate_configure VALUES…: installs it, and waits until the API server asks it.
gate_configure() {
	helm install raygate "$CHART" --namespace "$GATE_NAMESPACE" --wait --timeout "${PATIENCE}s" \
		"${@/#/--values=}" >"$E2E_STATE/log/helm" 2>&1 || { cat "$E2E_STATE/log/helm"; return 1; }
	eventually gate_is_asked
}

# gate_end: nothing of it is left for the next scenario: no certificate, no count, no connection.
gate_end() {
	gate_uninstall
}

gate_uninstall() {
	helm uninstall raygate --namespace "$GATE_NAMESPACE" --ignore-not-found >/dev/null 2>&1
	kubectl -n "$GATE_NAMESPACE" delete pod --all --force --grace-period=0 >/dev/null 2>&1
	gate_kill
	kubectl -n "$GATE_NAMESPACE" delete secret,lease --all >/dev/null
	eventually wrong_object_is 201
}

# They would drain for long.
gate_kill() {
	local container
	for container in $(ctr containers list | awk '$2 ~ /\/raygate:/ { print $1 }'); do
		ctr task kill --signal KILL "$container" 2>/dev/null || true
	done
}

# A pod may be quicker than the API server hears of its rights, so nothing is to be made of its log.
gate_had_its_rights() {
	true
}

# Nobody is asked any more.
gate_unregister() {
	gate_uninstall
}

# Both webhooks were called for an object, and neither call failed.
gate_is_asked() {
	local before after
	before=$(gate_calls)
	wrong_object_is 422 || true
	after=$(gate_calls)
	[ "${after#* }" = "${before#* }" ] && [ "${after% *}" -gt "${before% *}" ]
}

# How often the API server called our webhooks, and how often that failed.
gate_calls() {
	api GET /metrics | awk '/^apiserver_admission_webhook_admission_duration_seconds_count.*raygate.dev/ { calls += $NF }
		/^apiserver_admission_webhook_fail_open_count.*raygate.dev/ { failed += $NF }
		/^apiserver_admission_webhook_rejection_count.*calling_webhook_error.*raygate.dev/ { failed += $NF }
		END { print calls + 0, failed + 0 }'
}

gate_pods() {
	kubectl -n "$GATE_NAMESPACE" get pods -l app.kubernetes.io/name=raygate -o name "$@"
}

gate_show() {
	kubectl -n "$GATE_NAMESPACE" get pods -o wide
	kubectl -n "$GATE_NAMESPACE" logs -l app.kubernetes.io/name=raygate --tail 6
	kubectl get events -A --sort-by=.lastTimestamp | tail -n 8 | cut -c1-250
	show_logs kubelet containerd
}
