# Two workers for both clusters is what the namespace has room for. They come; that the others do not
# is told; and as soon as there is room, they do.
. ./lib.sh
kubectl create quota few --hard pods=4 >/dev/null
begin_programs
for version in v1 v2; do
	eventually condition_is "$version" ReplicaFailure reason FailedCreateWorkerPod
	condition "$version" ReplicaFailure message | grep -o '"workers": exceeded quota: few'
	eventually told_by_event "$version" FailedToCreateWorkerPod
done
eventually workers_are 2
kubectl delete quota few >/dev/null
end_programs
for version in v1 v2; do
	eventually condition_is "$version" ReplicaFailure status ''
done
