# Two things that the gate says are the API server's own; here the gate looks on and denies nothing. An
# object needs a name (RG0203); and the time that Go writes as null into all metadata is no field of a
# template's (RG0102), and one of an embedded pod's.
sample() {
	case $1 in
	ray.io) cat "$ROOT/tests/golden/rules/RG0203/accepted.yaml" ;;
	cluster.ray.io) cat "$ROOT/tests/golden/rules/RG1103/accepted.yaml" ;;
	esac
}

# refused COMMAND…: what the API server says.
refused() {
	{ "$@" 2>&1 >/dev/null || true; } |
		grep -oE 'metadata.name: Required value.*|unknown field .*|field not declared in schema'
}

for group in ray.io cluster.ray.io; do
	for meta in '{}' '{name: ""}' '{generateName: ""}'; do
		sample "$group" | sed "/^metadata:/,/^spec:/c metadata: $meta\nspec:" |
			refused kubectl create --dry-run=server -f -
	done
done

printf '%s\n' 'apiVersion: ray.io/v1' 'kind: RayCluster' 'metadata: {name: a, creationTimestamp: null}' \
	'spec: {headGroupSpec: {template: {metadata: {creationTimestamp: null}, spec: {containers: [{name: h, image: ray}]}}}}' \
	>"$E2E_STATE/null.yaml"
refused kubectl create --dry-run=server -f "$E2E_STATE/null.yaml"
refused kubectl apply --server-side --dry-run=server -f "$E2E_STATE/null.yaml"
refused kubectl create --validate=warn --dry-run=server -f "$E2E_STATE/null.yaml"
sample cluster.ray.io | sed -E 's/^( +)generateName: .*/&\n\1creationTimestamp: null/' |
	kubectl create --dry-run=server -f -
