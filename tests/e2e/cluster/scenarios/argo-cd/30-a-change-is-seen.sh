# An image that is another one in the manifest is told by every way.
sed 's/2.52.0/2.52.1/' environment.yaml >"$E2E_STATE/changed.yaml"
kubectl apply -f environment.yaml >/dev/null
for compare in plain server webhook; do
	argo "$compare" "$E2E_STATE/changed.yaml" | sed "s/^/compared by $compare: /"
done
