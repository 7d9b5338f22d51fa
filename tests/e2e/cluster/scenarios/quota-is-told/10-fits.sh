# Two processes do not know of each other without a cluster to count in, so one alone.
gate_stop KILL 2
kubectl create -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
