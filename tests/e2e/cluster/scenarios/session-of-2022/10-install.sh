# The session of 2022, word for word but for where the API server finds the operator.
. "$HERE/lib/operator.sh"
operator_prepare
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray --set webhook.url="$(operator_url)" >/dev/null
operator_start
eventually legacy_runs example-cluster 2
eventually legacy_is example-cluster Running 0
kubectl -n ray get rayclusters | shown
kubectl -n ray get pods | shown
kubectl -n ray get service | shown | tr -s ' '
kubectl -n default wait --for condition=Available deployment/ray-operator --timeout "${PATIENCE}s" >/dev/null
kubectl -n default get deployment ray-operator | shown
