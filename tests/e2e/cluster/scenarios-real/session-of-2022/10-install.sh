# The session of 2022 with Ray in it, in a cluster that has heard of no RayCluster before; the gate of the
# other scenarios leaves the field to the operator.
. ./lib.sh
gate_uninstall
crds_none
session example-cluster
