# The session of 2022, word for word but for where the API server finds the operator.
. "$HERE/lib/operator.sh"
operator_prepare
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray --set webhook.url="$(operator_url)" >/dev/null
operator_start
within 60 legacy_runs example-cluster 2
within 60 legacy_is example-cluster Running 0
kubectl -n ray get rayclusters | shown
kubectl -n ray get pods | shown
kubectl -n ray get service | shown | tr -s ' '
within 60 kubectl -n default wait --for condition=Available deployment/ray-operator --timeout 5s
kubectl -n default get deployment ray-operator | shown
