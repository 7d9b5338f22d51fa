# What these rules refuse, the API server refuses as well, when the pod or the service is made: told at
# apply is what would be told too late. Those whose example it takes are written down. Their pods would
# never run (RG0506, RG0673) or never be found (RG0603, RG1002); or what it would refuse has
# another name (RG1004), or is made by KubeRay alone (RG0622, RG1009).
. "$HERE/lib/agrees.sh"

planned refused >"$E2E_STATE/objects"
refusals >"$E2E_STATE/refusals"
for id in $(rule_ids); do
	grep -q "\"${id,,}-" "$E2E_STATE/refusals" || echo "the API server takes the refused example of $id"
done
