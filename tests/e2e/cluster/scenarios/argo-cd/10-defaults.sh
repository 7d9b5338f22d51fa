# What the defaults add are keys that the manifest does not have.
. "$HERE/lib/argo.sh"
argo_compare "$ROOT/manifests/samples/ray.io-defaulted.yaml"
