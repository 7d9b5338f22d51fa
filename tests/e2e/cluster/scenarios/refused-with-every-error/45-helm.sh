# A chart with nothing but the wrong cluster in it.
chart=$E2E_STATE/wrong-chart
mkdir -p "$chart/templates"
printf 'apiVersion: v2\nname: wrong\nversion: 0.1.0\n' >"$chart/Chart.yaml"
cp 10-wrong.yaml "$chart/templates/"
helm install wrong "$chart" --namespace "$NAMESPACE"
