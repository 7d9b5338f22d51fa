sed 's/name: minimal/name: second/' "$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl create -f -
