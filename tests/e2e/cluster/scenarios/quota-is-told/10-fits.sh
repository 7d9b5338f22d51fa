# Two replicas that count in the cluster, and a cluster of which both have heard.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
live_start 1 2
kubectl create -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
for n in 1 2; do
	eventually live_reached "$n" raygate_quota_clusters 1
done
