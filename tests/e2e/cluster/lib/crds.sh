# shellcheck shell=bash source-path=SCRIPTDIR
# Which CRDs are there: KubeRay's as a cluster with KubeRay has them, and ours for what it does not
# serve. Another version of KubeRay's can be tried: KUBERAY_CRDS is a folder of them.
KUBERAY_CRDS=${KUBERAY_CRDS:-$E2E_STATE/bin/kuberay-crds/}

crds_start() {
	kubectl create --validate=false -f "$KUBERAY_CRDS" \
		-f "$ROOT/manifests/crds/rayclusters.cluster.ray.io.yaml" >/dev/null
	compgen -G "$KUBERAY_CRDS/*raycronjobs.yaml" >/dev/null ||
		kubectl create --validate=false -f "$HERE/lib/open-crd.yaml" >/dev/null
	within 60 kubectl wait --for condition=Established crd --all --timeout 10s
}

# Our own CRD of rayclusters.ray.io in place of KubeRay's, and open ones for what we have none of,
# until the scenario's end. They are in force when fields that only they know are not told as unknown.
crds_ours() {
	local kind
	touch "$E2E_STATE/crds-ours"
	kubectl replace --validate=false -f "$ROOT/manifests/crds/rayclusters.ray.io.yaml" >/dev/null
	for kind in CronJob Job Service; do
		sed "s/CronJob/$kind/g; s/cronjob/${kind,,}/g" "$HERE/lib/open-crd.yaml" |
			kubectl replace --validate=false -f - >/dev/null
	done
	within 20 kubectl create --dry-run=server -f "$ROOT/manifests/samples/ray.io-auth-token.yaml" \
		-f "$ROOT/manifests/samples/rayjob-deletion-rules.yaml" \
		-f "$ROOT/manifests/samples/rayservice-suspended.yaml"
}

crds_kuberay() {
	[ -e "$E2E_STATE/crds-ours" ] || return 0
	kubectl replace --validate=false -f "$KUBERAY_CRDS" >/dev/null
	rm "$E2E_STATE/crds-ours"
}
