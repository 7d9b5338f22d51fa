# shellcheck shell=bash source-path=SCRIPTDIR
# Which CRDs are there: KubeRay's as a cluster with KubeRay has them, and ours for what it does not
# serve. Another version of KubeRay's can be tried: KUBERAY_CRDS is a folder of them.
KUBERAY_CRDS=${KUBERAY_CRDS:-$E2E_STATE/bin/kuberay-crds/}

crds_start() {
	crds_create
	# It fails for one of which nothing is said yet.
	eventually kubectl wait --for condition=Established crd --all --timeout "${PATIENCE}s"
	eventually crds_remember
}

crds_create() {
	kubectl create --validate=false -f "$KUBERAY_CRDS" \
		-f "$ROOT/manifests/crds/rayclusters.cluster.ray.io.yaml" >/dev/null
	compgen -G "$KUBERAY_CRDS/*raycronjobs.yaml" >/dev/null ||
		kubectl create --validate=false -f "$HERE/lib/open-crd.yaml" >/dev/null
}

# What KubeRay's look like. One that is established may yet be unknown to the server's paths.
crds_remember() {
	crds_columns >"$E2E_STATE/crds-columns"
}

# crds_replace PATH: once more where the API server writes the status of one in that moment.
crds_replace() {
	eventually kubectl replace --validate=false -f "$1"
}

# Our own CRD of rayclusters.ray.io in place of KubeRay's, and open ones for what we have none of,
# until the scenario's end. They are in force when fields that only they know are not told as unknown.
crds_ours() {
	local kind
	touch "$E2E_STATE/crds-ours"
	crds_replace "$ROOT/manifests/crds/rayclusters.ray.io.yaml"
	for kind in CronJob Job Service; do
		sed "s/CronJob/$kind/g; s/cronjob/${kind,,}/g" "$HERE/lib/open-crd.yaml" \
			>"$E2E_STATE/open-crd.yaml"
		crds_replace "$E2E_STATE/open-crd.yaml"
	done
	eventually kubectl create --dry-run=server -f "$ROOT/manifests/samples/ray.io-auth-token.yaml" \
		-f "$ROOT/manifests/samples/rayjob-deletion-rules.yaml" \
		-f "$ROOT/manifests/samples/rayservice-suspended.yaml"
}

# crds_none [NAME…]: these are not there, or none at all, as where nobody has ever had one, until the
# scenario's end.
crds_none() {
	local all=(rayjobs.ray.io rayservices.ray.io raycronjobs.ray.io rayclusters.ray.io rayclusters.cluster.ray.io)
	touch "$E2E_STATE/crds-ours" "$E2E_STATE/crds-gone"
	[ $# != 0 ] || set -- "${all[@]}"
	kubectl delete crd "$@" >/dev/null
}

# KubeRay's again, if they are not there; in force when `kubectl get` would have their columns.
crds_kuberay() {
	[ -e "$E2E_STATE/crds-ours" ] || return 0
	[ ! -e "$E2E_STATE/crds-gone" ] || crds_create 2>/dev/null || true # but those that have come back
	crds_replace "$KUBERAY_CRDS"
	eventually crds_are_kuberays
	rm -f "$E2E_STATE/crds-ours" "$E2E_STATE/crds-gone"
}

crds_are_kuberays() {
	crds_columns | cmp -s - "$E2E_STATE/crds-columns"
}

# The columns of each, as `kubectl get` is told them; fails if one of them is not served.
crds_columns() {
	local group kind
	while read -r group kind; do
		api GET "/apis/$group/v1/namespaces/default/$kind" --fail \
			-H 'Accept: application/json;as=Table;v=v1;g=meta.k8s.io' |
			grep -E '"(name|description)":' || return
	done <<-END
		ray.io rayclusters
		ray.io rayjobs
		ray.io rayservices
		ray.io raycronjobs
		cluster.ray.io rayclusters
	END
}
