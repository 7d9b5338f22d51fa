# shellcheck shell=bash
# A node that runs pods: this machine, in the run's own namespaces. A bridge is its network, and the
# only one; nothing of the machine's is reached, nor are we from there.
#
# What is written is below the run's folder, also where a path is fixed, as /var/lib/cni is.

NODE_NAME=node0 NODE_ADDRESS=10.99.0.1
POD_RANGE=10.97.0.0/16
CONTAINERD=/run/containerd/containerd.sock
# Where the pods' cgroups are made, in each hierarchy that there is; run.sh removes it.
NODE_CGROUP=$(basename "$E2E_STATE")

network_start() {
	local folder
	# Small kernels have no `dummy`.
	ip link add node0 type bridge
	ip address add "$NODE_ADDRESS/24" dev node0
	ip link set node0 up
	ip route add default dev node0
	echo 1 >/proc/sys/net/ipv4/ip_forward
	mount -t tmpfs tmpfs /run
	mkdir -p /run/netns /run/containerd
	for folder in lib log; do
		mkdir -p "$E2E_STATE/var/$folder" "$E2E_STATE/var/$folder-work"
		mount -t overlay overlay -o "lowerdir=/var/$folder" -o "upperdir=$E2E_STATE/var/$folder" \
			-o "workdir=$E2E_STATE/var/$folder-work" "/var/$folder"
	done
}

# Without the images of pods; those are brought in while the control plane comes up.
containerd_start() {
	mkdir -p "$E2E_STATE/cni"
	cat >"$E2E_STATE/cni/10-bridge.conflist" <<-END
		{"cniVersion": "0.4.0", "name": "pods", "plugins": [
		 {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
		  "ipam": {"type": "host-local", "ranges": [[{"subnet": "$POD_RANGE"}]],
		           "routes": [{"dst": "0.0.0.0/0"}]}},
		 {"type": "portmap", "capabilities": {"portMappings": true}}]}
	END
	cat >"$E2E_STATE/containerd.toml" <<-END
		version = 2
		root = "$E2E_STATE/containerd"
		state = "/run/containerd/state"
		[grpc]
		  address = "$CONTAINERD"
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "docker.io/e2e/pause:1"
		  restrict_oom_score_adj = true
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "/usr/lib/cni"
		    conf_dir = "$E2E_STATE/cni"
	END
	start containerd containerd --config "$E2E_STATE/containerd.toml"
	eventually ctr version
	images_import >"$E2E_STATE/log/images" 2>&1 &
}

ctr() {
	command ctr --address "$CONTAINERD" --namespace k8s.io "$@"
}

images_import() {
	local image
	for image in "$E2E_STATE/bin/pause.tar" "$RAYGATE_IMAGE" "$E2E_STATE/bin/ray.tar"; do
		ctr images import "$image" || return
	done
	touch "$E2E_STATE/images-imported"
}

real_node_start() {
	dns_start
	proxy_start
	eventually kubectl get serviceaccount default
	eventually test -e "$E2E_STATE/images-imported"
	kubelet_start
	eventually kubectl wait --for condition=Ready "node/$NODE_NAME" --timeout 10s
}

dns_start() {
	cat >"$E2E_STATE/Corefile" <<-END
		.:53 {
		  bind $NODE_ADDRESS
		  errors
		  cache 2
		  kubernetes cluster.local in-addr.arpa {
		    kubeconfig $E2E_STATE/pki/admin.kubeconfig
		  }
		}
	END
	start coredns coredns -conf "$E2E_STATE/Corefile"
}

proxy_start() {
	start kube-proxy kube-proxy --kubeconfig "$E2E_STATE/pki/proxy.kubeconfig" \
		--hostname-override "$NODE_NAME" --proxy-mode iptables --conntrack-max-per-core 0 \
		--cluster-cidr "$POD_RANGE"
}

# All pods together would weigh as much as one process of the machine's, and Ray, which ends where it
# does not come up in time, never would beside a dozen others.
weigh_pods() {
	local group=/sys/fs/cgroup
	{ echo 1000 >"$group/$NODE_CGROUP/cpu.weight" || echo 16384 >"$group/cpu/$NODE_CGROUP/cpu.shares"; } 2>/dev/null || true
}

# The pods' cgroups are below one of the run. On a machine with cgroup v2 the controllers have to be
# handed down to it.
kubelet_start() {
	local controllers
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		mkdir -p "/sys/fs/cgroup/$NODE_CGROUP"
		for controllers in cpuset cpu memory pids hugetlb; do
			echo "+$controllers" >/sys/fs/cgroup/cgroup.subtree_control || true
		done
	else
		for controllers in /sys/fs/cgroup/*/; do
			[ ! -e "$controllers/cgroup.procs" ] || mkdir -p "$controllers/$NODE_CGROUP"
		done
	fi 2>/dev/null
	weigh_pods
	touch "$E2E_STATE/resolv.conf"
	cat >"$E2E_STATE/kubelet.yaml" <<-END
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		authentication: {x509: {clientCAFile: $E2E_STATE/pki/ca.crt}, anonymous: {enabled: false}}
		authorization: {mode: AlwaysAllow}
		cgroupDriver: cgroupfs
		cgroupRoot: /$NODE_CGROUP
		cgroupsPerQOS: true
		clusterDNS: [$NODE_ADDRESS]
		clusterDomain: cluster.local
		containerRuntimeEndpoint: unix://$CONTAINERD
		enforceNodeAllocatable: []
		evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
		failCgroupV1: false
		failSwapOn: false
		imageGCHighThresholdPercent: 100
		localStorageCapacityIsolation: false
		nodeStatusUpdateFrequency: 5s
		resolvConf: $E2E_STATE/resolv.conf
		staticPodPath: ""
		# What a ConfigMap says is seen by its pods at once, not within a minute.
		syncFrequency: 1s
	END
	start kubelet kubelet --config "$E2E_STATE/kubelet.yaml" --root-dir "$E2E_STATE/kubelet" \
		--kubeconfig "$E2E_STATE/pki/kubelet.kubeconfig" --hostname-override "$NODE_NAME" \
		--node-ip "$NODE_ADDRESS"
}
