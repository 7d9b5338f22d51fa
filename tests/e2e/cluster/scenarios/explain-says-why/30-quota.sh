. ./lib.sh
# 132 CPUs are asked for already, most of them by pods that wait for a node.
kubectl create quota team --hard=requests.cpu=134 >/dev/null
eventually kubectl get quota team -o 'jsonpath={.status.hard}' --allow-missing-template-keys=false
made late 1
eventually ready late 2
eventually has_endpoint late
explain late
