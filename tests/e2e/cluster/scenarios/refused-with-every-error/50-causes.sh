# What programs read: a cause for each mistake, with its field.
kubectl create -f 10-wrong.yaml --dry-run=client --validate=false -o json |
	api POST "/apis/ray.io/v1/namespaces/$NAMESPACE/rayclusters" --data-binary @- |
	grep -E '^  "(reason|code)"|"(field|reason)":'
