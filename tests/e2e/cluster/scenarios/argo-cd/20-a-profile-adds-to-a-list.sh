# What a profile adds is one item more in a list that the manifest has.
. "$HERE/lib/argo.sh"
argo_compare environment.yaml
