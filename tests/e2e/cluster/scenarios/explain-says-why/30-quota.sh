. ./lib.sh
# 132 CPUs are asked for already, most of them by pods that wait for a node.
kubectl create quota team --hard=requests.cpu=134 >/dev/null
within 30 kubectl get quota team -o 'jsonpath={.status.hard}' --allow-missing-template-keys=false
made late 1
within 30 ready late 2
within 30 has_endpoint late
explain late
