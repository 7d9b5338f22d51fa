# The API server ends without a word and comes back: replicas stay ready meanwhile, are asked again at
# once, go on following the cluster where they were, and one of them leads.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
live_start 1 2
cluster() {
	sed "s/name: minimal/name: $1/; s/^\( *\)containers:/\1serviceAccountName: $2\n&/" \
		"$ROOT/manifests/samples/ray.io-minimal.yaml"
}
lacks_account() {
	cluster probe "$1" | kubectl create --dry-run=server -f - 2>&1 | grep RG1701
}
knows_account() {
	! lacks_account "$1"
}
health_is() {
	[ "$(live_metric "$1" "raygate_health{part=\"$2\"}")" = "$3" ]
}
one_leads() {
	[ $(($(live_metric 1 raygate_leader) + $(live_metric 2 raygate_leader))) = 1 ]
}
counted() {
	[ "$(live_metric 1 raygate_quota_clusters) $(live_metric 2 raygate_quota_clusters)" = "$1 $1" ]
}
kubectl create serviceaccount before >/dev/null
eventually knows_account before
cluster first before | kubectl create -f -
eventually counted 1

mapfile -d '' command <"/proc/$(<"$E2E_STATE/pid/kube-apiserver")/cmdline"
stop kube-apiserver KILL
for n in 1 2; do
	eventually health_is "$n" cluster 0
	curl -fsS "http://$(gate_ops "$n")/readyz" >/dev/null
done
start kube-apiserver "${command[@]}"
eventually api GET /readyz --fail
began=$(now_ms)
eventually wrong_object_is 422
tell "asked again after $(($(now_ms) - began)) ms"
eventually one_leads
tell "one leads after $(($(now_ms) - began)) ms"

# What happened is known, and what happens now.
knows_account before
lacks_account after
kubectl create serviceaccount after >/dev/null
eventually knows_account after
tell "the cluster is followed after $(($(now_ms) - began)) ms"
refused=$(cluster second after | sed 's/replicas: 1/replicas: 3/' | kubectl create -f - 2>&1) && exit 1
grep -o 'pods asks for 4, 2 of 4' <<<"$refused"
kubectl delete rayclusters.ray.io first
eventually counted 0
# An API server that has just begun forbids everything, which is no want of a right.
for n in 1 2; do
	: >"$E2E_STATE/log/gate-$n"
done
