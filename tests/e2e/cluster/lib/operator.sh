# shellcheck shell=bash source-path=SCRIPTDIR
# The operator of manifests/charts/ray. Its Deployment runs on a simulated node, so in place of what
# runs in its pod there is a process: with the arguments, the policy and the rights that the chart
# has given it, and at the URL that the chart is told.
# shellcheck source=legacy.sh
. "$HERE/lib/legacy.sh"

OPERATOR=$E2E_STATE/operator

# operator_prepare: nobody else judges anything.
operator_prepare() {
	gate_unregister
	gate_stop KILL 1 2
	mkdir -p "$OPERATOR"
}

# operator_end: and what it leaves behind on purpose.
operator_end() {
	stop operator KILL
	kubectl -n default delete secret/ray-operator-tls lease/raygate-controller --ignore-not-found >/dev/null
}

# What `helm install` is told besides.
operator_url() {
	echo "https://127.0.0.1:$(gate_port 1)"
}

# Where the operator is: operator_start NAMESPACE says so.
OPERATOR_NAMESPACE=default

operator_argument() {
	kubectl -n "$OPERATOR_NAMESPACE" get deployment ray-operator \
		-o 'jsonpath={range .spec.template.spec.containers[0].args[*]}{@}{"\n"}{end}'
}

# operator_start [NAMESPACE]: until it works. Where it has webhooks, until they trust it and the API
# server has heard of them.
operator_start() {
	local arguments
	OPERATOR_NAMESPACE=${1:-default}
	kubectl -n "$OPERATOR_NAMESPACE" get configmap ray-operator-policy -o 'jsonpath={.data.policy\.yaml}' \
		>"$OPERATOR/policy.yaml"
	operator_kubeconfig >"$OPERATOR/kubeconfig"
	mapfile -t arguments < <(operator_argument | grep -v -e '^--policy=')
	start operator "$RAYGATE" "${arguments[@]}" --policy "$OPERATOR/policy.yaml" \
		--kubeconfig "$OPERATOR/kubeconfig" --namespace "$OPERATOR_NAMESPACE" --grace-period 0s \
		--webhook-bind-address "127.0.0.1:$(gate_port 1)" --ops-bind-address "$(gate_ops 1)"
	eventually curl -fsS "http://$(gate_ops 1)/readyz"
	eventually operator_works
	[ "$OPERATOR_NAMESPACE" != default ] || eventually wrong_object_is 422
}

operator_works() {
	[ "$(curl -fsS "http://$(gate_ops 1)/metrics" |
		sed -n 's/^raygate_controller_active{group="cluster.ray.io"} //p')" = 1 ]
}

operator_kubeconfig() {
	cat <<-END
		apiVersion: v1
		kind: Config
		current-context: operator
		contexts: [{name: operator, context: {cluster: c, user: u, namespace: $OPERATOR_NAMESPACE}}]
		clusters:
		- name: c
		  cluster: {server: "$(<"$E2E_STATE/api-url")", certificate-authority: $E2E_STATE/pki/ca.crt}
		users:
		- name: u
		  user: {token: $(kubectl -n "$OPERATOR_NAMESPACE" create token ray-operator-serviceaccount)}
	END
}
