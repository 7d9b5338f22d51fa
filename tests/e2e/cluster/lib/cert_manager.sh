# shellcheck shell=bash
# cert-manager before the cluster, and what a kubelet does with the Secret that it makes.

CERT_MANAGER_DIR=$E2E_STATE/cert-manager

cert_manager_start() {
	kubectl create -f "$E2E_STATE/bin/cert-manager-crds/" >/dev/null
	eventually kubectl wait --for condition=Established crd --all --timeout "${PATIENCE}s"
	start cert-manager-issue env KUBECONFIG="$E2E_STATE/pki/admin.kubeconfig" cert-manager issue
	cert_manager_inject
}

cert_manager_inject() {
	start cert-manager-inject env KUBECONFIG="$E2E_STATE/pki/admin.kubeconfig" cert-manager inject
}

# With all that the CRDs hold.
cert_manager_stop() {
	stop cert-manager-issue
	stop cert-manager-inject
	kubectl delete -f "$E2E_STATE/bin/cert-manager-crds/" >/dev/null
	rm -r "$CERT_MANAGER_DIR"
}

cert_manager_key() {
	kubectl -n raygate get secret raygate-tls -o "jsonpath={.data.${1/./\\.}}" | base64 -d
}

# cert_manager_issued OLD: there is a certificate, and another one than OLD.
cert_manager_issued() {
	local now
	now=$(cert_manager_key tls.crt)
	[ -n "$now" ] && [ "$now" != "$1" ]
}

# The files of a mounted Secret change all at once, by one link.
cert_manager_mount() {
	local folder key
	mkdir -p "$CERT_MANAGER_DIR"
	folder=$(mktemp -d "$CERT_MANAGER_DIR/..XXXXXX")
	for key in tls.crt tls.key ca.crt; do
		cert_manager_key $key >"$folder/$key"
		ln -sfn "..data/$key" "$CERT_MANAGER_DIR/$key"
	done
	ln -sfn "$(basename "$folder")" "$CERT_MANAGER_DIR/..new"
	mv -T "$CERT_MANAGER_DIR/..new" "$CERT_MANAGER_DIR/..data"
}

# cert_manager_serve N…: replicas with what the chart tells them of their certificate in this mode.
cert_manager_serve() {
	local n
	for n; do
		gate_serve "$n" --no-controller --cert-dir "$CERT_MANAGER_DIR" --webhook-configuration raygate \
			--ca-injected --grace-period 5s
	done
	gate_await "$@"
	eventually wrong_object_is 422
}
