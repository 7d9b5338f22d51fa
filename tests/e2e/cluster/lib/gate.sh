# shellcheck shell=bash source-path=SCRIPTDIR
# The gate in front of the cluster: two replicas of the program that was built, behind a balancer
# that stands for their Service; registered, and given a policy and rights, by the chart.

GATE=$E2E_STATE/gate
CHART=$ROOT/manifests/charts/raygate

# Ports, a certificate, a namespace and an account, once for the run.
gate_prepare() {
	mkdir -p "$GATE"
	tool ports 6 >"$GATE/ports"
	"$RAYGATE" certs mint --cert-dir "$GATE/certs" --host 127.0.0.1 >/dev/null
	start balancer tool balance "127.0.0.1:$(gate_port 0)" "127.0.0.1:$(gate_port 5)" \
		"$(gate_backend 1)" "$(gate_backend 2)"
	kubectl create namespace raygate >/dev/null
	gate_rights "$HERE/lib/values.yaml"
	gate_kubeconfig >"$GATE/kubeconfig"
}

# gate_rights VALUES…: the account, with what the chart lets it do. A right that a replica lacks is
# then one that the chart does not give.
gate_rights() {
	local template
	for template in serviceaccount rbac; do
		gate_render "$template.yaml" "$@"
		echo ---
	done >"$GATE/account.yaml"
	kubectl apply -f "$GATE/account.yaml" >/dev/null
	eventually gate_may watch rayclusters.ray.io --all-namespaces
	eventually gate_may create leases --namespace raygate
}

gate_may() {
	kubectl auth can-i "$@" --as system:serviceaccount:raygate:raygate
}

gate_kubeconfig() {
	cat <<-END
		apiVersion: v1
		kind: Config
		current-context: gate
		contexts: [{name: gate, context: {cluster: gate, user: gate, namespace: raygate}}]
		clusters:
		- name: gate
		  cluster: {server: "$(<"$E2E_STATE/api-url")", certificate-authority: $E2E_STATE/pki/ca.crt}
		users: [{name: gate, user: {token: $(kubectl -n raygate create token raygate --duration 24h)}}]
	END
}

# The balancer's for 0, its status for 5, else the replica's.
gate_port() {
	sed -n "$(($1 + 1))p" "$GATE/ports"
}

gate_ops() {
	echo "127.0.0.1:$(sed -n "$(($1 + 3))p" "$GATE/ports")"
}

gate_backend() {
	echo "127.0.0.1:$(gate_port "$1")=http://$(gate_ops "$1")/readyz"
}

# gate_start N…: replicas; waits until the balancer has them.
gate_start() {
	local n
	for n; do
		gate_serve "$n" --no-controller --cert-dir "$GATE/certs" --webhook-configuration '' \
			--grace-period 0s --log-level debug
	done
	gate_await "$@"
}

# gate_serve N FLAG…: a replica, told besides where the cluster is, by which policy it judges and which
# ports are its own.
gate_serve() {
	start "gate-$1" "$RAYGATE" serve --kubeconfig "$GATE/kubeconfig" --policy "$GATE/policy.yaml" \
		--webhook-bind-address "127.0.0.1:$(gate_port "$1")" --ops-bind-address "$(gate_ops "$1")" "${@:2}"
}

gate_await() {
	local n
	for n; do
		eventually gate_ready "$n"
	done
}

# gate_ready N: it says so itself, and the balancer has heard it.
gate_ready() {
	curl -fsS "http://$(gate_ops "$1")/readyz" && gate_balanced "$1" -X POST
}

# gate_balanced N: as far as the balancer knows. -X POST makes it ask.
gate_balanced() {
	curl -fsS "${@:2}" "http://127.0.0.1:$(gate_port 5)/127.0.0.1:$(gate_port "$1")"
}

# gate_missed N: the balancer knows that it is gone.
gate_missed() {
	! gate_balanced "$1"
}

# gate_stop SIGNAL N…: replicas; waits until they have ended.
gate_stop() {
	local n
	for n in "${@:2}"; do
		stop "gate-$n" "$1"
	done
}

# gate_render TEMPLATE VALUES…: what the chart makes of the values for a cluster that reaches us by
# URL.
gate_render() {
	local template=$1
	shift
	helm template raygate "$CHART" --namespace raygate --kube-version "$KUBERNETES_VERSION" \
		"${@/#/--values=}" \
		--set "webhook.url=https://127.0.0.1:$(gate_port 0)" --show-only "templates/$template"
}

# gate_configure VALUES…: policy and registration by the chart. The replicas are started anew, so that
# they know nothing of what was.
gate_configure() {
	local ca
	ca=$(base64 -w0 "$GATE/certs/ca.crt")
	gate_render webhooks.yaml "$@" |
		sed "s|^\( *\)url: .*|&\n\1caBundle: $ca|" >"$GATE/webhooks.new"
	gate_stop KILL 1 2
	if ! cmp -s "$GATE/webhooks.new" "$GATE/webhooks.yaml"; then
		gate_register
	fi
	gate_policy "$@"
	gate_start 1 2
}

gate_policy() {
	gate_render policy.yaml "$@" | kubectl create --dry-run=client -f - \
		-o 'jsonpath={.data.policy\.yaml}' >"$GATE/policy.yaml"
}

# API servers hear of a registration some time later, so it is seen to work before anything hangs
# on it: first nothing is refused any more, then something is.
gate_register() {
	gate_unregister
	gate_policy "$HERE/lib/values.yaml"
	gate_start 1 2
	kubectl create -f "$GATE/webhooks.new" >/dev/null
	eventually wrong_object_is 422
	mv "$GATE/webhooks.new" "$GATE/webhooks.yaml"
	gate_stop KILL 1 2
}

gate_unregister() {
	rm -f "$GATE/webhooks.yaml"
	kubectl delete mutatingwebhookconfiguration,validatingwebhookconfiguration raygate \
		--ignore-not-found >/dev/null
	eventually wrong_object_is 201
}

# gate_had_its_rights: no replica was refused for want of a right, which the chart then does not give.
gate_had_its_rights() {
	! grep -hsF 'is forbidden: User' "$E2E_STATE"/log/gate-[12]
}

# gate_end: what the gate was for one scenario is gone. Its registration stays if it is still that of
# gate_configure, for the next may have the same.
gate_end() {
	gate_stop KILL 1 2
	rm -f "$E2E_STATE"/log/gate-[12]
	[ -e "$GATE/webhooks.yaml" ] || gate_unregister
	gate_rights "$HERE/lib/values.yaml"
	kubectl -n raygate delete secret,lease --all >/dev/null
}

gate_show() {
	show_logs gate-1 gate-2
}
