kubectl apply -f "$ROOT/manifests/samples/"
there=$(kubectl get rayclusters.ray.io,rayjobs,rayservices,raycronjobs,rayclusters.cluster.ray.io -o name | wc -l)
[ "$there" = "$(cat "$ROOT"/manifests/samples/*.yaml | grep -c '^kind:')" ]
tell "$there samples admitted"
