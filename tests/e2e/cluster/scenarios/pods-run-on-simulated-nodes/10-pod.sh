# The scheduler finds it a node, and kwok says that it runs.
kubectl wait --for condition=Ready node --all --timeout "${PATIENCE}s"
eventually kubectl get serviceaccount default
kubectl run one --image rayproject/ray:2.52.0
kubectl wait --for condition=Ready pod one --timeout "${PATIENCE}s"
