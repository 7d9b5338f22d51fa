# The warnings that mistakes are as before are not what is looked at here.
exec 2> >(grep -v ^Warning >&2)
kubectl patch rayclusters.ray.io wrong --subresource status --type merge -p '{"status":{"state":"ready"}}'
kubectl patch rayclusters.ray.io wrong --type merge -p '{"metadata":{"finalizers":["example.com/held"]}}'
kubectl patch rayclusters.ray.io wrong --type merge -p '{"metadata":{"finalizers":null}}'
kubectl annotate rayclusters.ray.io wrong note=kept
kubectl patch rayclusters.ray.io wrong --type merge -p '{"spec":{"suspend":true}}'
kubectl annotate rayclusters.ray.io bare note=kept
kubectl patch rayclusters.ray.io bare --type merge -p '{"metadata":{"finalizers":["example.com/held"]}}'
kubectl delete rayclusters.ray.io bare --wait=false
kubectl patch rayclusters.ray.io bare --type merge -p '{"metadata":{"finalizers":null}}'
kubectl delete rayclusters.ray.io doomed --wait=false
kubectl patch rayclusters.ray.io doomed --type merge -p '{"metadata":{"finalizers":null}}'
kubectl delete rayclusters.ray.io wrong
