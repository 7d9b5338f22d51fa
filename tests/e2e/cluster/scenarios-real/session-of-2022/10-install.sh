# The session of 2022 with Ray in it; the gate of the other scenarios leaves the field to the operator.
. "$HERE/lib/legacy.sh"
gate_uninstall
values=$PWD/session.yaml
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray -f "$values" >/dev/null
began=$(now_ms)
kubectl -n default rollout status deployment/ray-operator --timeout "${PATIENCE}s" >/dev/null
eventually legacy_is example-cluster Running 0
tell "the head runs after $(($(now_ms) - began)) ms"
eventually legacy_ready example-cluster 2
tell "two workers are ready after $(($(now_ms) - began)) ms"
kubectl -n ray get rayclusters | shown
kubectl -n ray get pods | shown
kubectl -n ray get service | shown | tr -s ' '
kubectl -n default get deployment ray-operator | shown
