# What kubectl shows of it, and what other programs read in its status, are KubeRay's words.
. "$HERE/lib/ray_clusters.sh"
began=$(now_ms)
ray_complete demo 2
tell "a head and two workers are ready after $(($(now_ms) - began)) ms"
kubectl get rayclusters.ray.io | shown
kubectl get pods | shown
kubectl get services | shown
kubectl get rayclusters.ray.io demo -o 'jsonpath={range .status.conditions[*]}{.type} {.status} {.reason}{"\n"}{end}'
head=$(ray_pods demo head)
[ "$(kubectl get rayclusters.ray.io demo -o 'jsonpath={.status.head.podName} {.status.head.podIP}')" = \
	"$head $(kubectl get pod "$head" -o 'jsonpath={.status.podIP}')" ]
kubectl get rayclusters.ray.io demo -o 'jsonpath={.status.head.serviceName} {.status.endpoints}{"\n"}'
