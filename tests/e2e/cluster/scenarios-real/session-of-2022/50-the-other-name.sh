# The other name of the post; here the operator goes first.
. ./lib.sh
session ray-cluster
program "$(head_of ray-cluster)"
helm -n ray uninstall ray-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
operator_end
