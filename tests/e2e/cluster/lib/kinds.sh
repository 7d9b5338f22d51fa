# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# What differs by the kind of node: how the gate gets in front of the cluster, which scenarios there
# are, and the chart's values that all of them start from.

base_values=("$HERE/lib/values.yaml")
case $E2E_NODE in
simulated)
	# shellcheck source=gate.sh
	. "$HERE/lib/gate.sh"
	scenarios=scenarios${KUBERAY:+-kuberay}
	;;
real)
	# shellcheck source=chart_gate.sh
	. "$HERE/lib/chart_gate.sh"
	scenarios='scenarios-real'
	base_values+=("$HERE/lib/values-real.yaml")
	;;
esac
