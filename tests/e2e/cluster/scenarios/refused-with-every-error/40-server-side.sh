kubectl apply --server-side -f 10-wrong.yaml
