# Two replicas that see the cluster: what is there is known to both.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
live_start 1 2
for n in 1 2; do
	eventually live_reached "$n" 'raygate_health{part="facts"}' 1
done
kubectl create quota small --hard=requests.cpu=4 >/dev/null
eventually kubectl get quota small -o 'jsonpath={.status.hard}'
