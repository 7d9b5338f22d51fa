# The scheduler finds it a node, and kwok says that it runs.
kubectl wait --for condition=Ready node --all --timeout 60s
within 30 kubectl get serviceaccount default
kubectl run one --image rayproject/ray:2.52.0
kubectl wait --for condition=Ready pod one --timeout 60s
