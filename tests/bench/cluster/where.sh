# shellcheck shell=bash
# With WHERE=yes the benchmark tells of each turn where its time went: the CPU that each program of the
# control plane has had, what was written to the API server, by whomever, and how often ours looked.

# A line for each: what, and how much of it there has been so far.
where_now() {
	local name
	for name in etcd kube-apiserver kube-controller-manager kube-scheduler kwok; do
		echo "CPU,$name $(cpu_of "$name")"
	done
	api GET /metrics | awk '/^apiserver_request_total/ && /verb="(POST|PUT|PATCH|APPLY|DELETE)"/ {
		for (i = split("verb resource subresource code", names, " "); i; i--) {
			match($0, "[{,]" names[i] "=\"[^\"]*")
			of[names[i]] = substr($0, RSTART + length(names[i]) + 3, RLENGTH - length(names[i]) - 3)
		}
		what = of["verb"] "," of["resource"] (of["subresource"] ? "/" : "") of["subresource"]
		sum[what (of["code"] < 300 ? "" : "," of["code"])] += $NF
	} END { for (what in sum) print what, sum[what] }'
	! running raygate || curl -fsS "http://$OPS/metrics" |
		awk '/^raygate_controller_reconcile_duration_seconds_count/ { n += $NF } END { print "our,looks", n + 0 }'
	api GET /metrics | awk '/^apiserver_flowcontrol_(request_wait_duration_seconds_sum|rejected_requests_total)/ {
		sub(/\{.*/, "", $1); sum[$1] += $NF } END { for (what in sum) print what, sum[what] }'
}

where_begin() {
	[ -z "${WHERE:-}" ] || where_now >"$WORK/where"
}

# where_end: what has been added since.
where_end() {
	[ -n "${WHERE:-}" ] || return 0
	where_now | awk -v clusters="$CLUSTERS" 'NR == FNR { was[$1] = $2; next }
		$2 != was[$1] { printf "    %-46s %9.2f a cluster\n", $1, ($2 - was[$1]) / clusters }' \
		"$WORK/where" - | sort
}
