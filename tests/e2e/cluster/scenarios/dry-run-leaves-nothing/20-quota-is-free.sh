# A dry run of all that the quota allows, thrice, and then the real one still fits.
for _ in 1 2 3; do
	kubectl create --dry-run=server -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
done
kubectl create -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
