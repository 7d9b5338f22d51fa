# kubectl 1.20 prints the same list.
kubectl-old apply -f 10-wrong.yaml
