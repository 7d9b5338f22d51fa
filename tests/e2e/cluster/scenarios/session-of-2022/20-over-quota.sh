# There is room for one worker more, and not for a second cluster: told at apply.
cd "$ROOT/manifests/charts"
helm -n ray install second ./ray --set clusterOnly=true 2>&1 | grep -v '^I[0-9]'
