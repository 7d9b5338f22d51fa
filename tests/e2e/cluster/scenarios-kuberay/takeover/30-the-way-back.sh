# KubeRay comes while we make a cluster, goes on with all of them, and deletes none of our pods.
. "$HERE/lib/kuberay.sh"
keeper_cluster large 100 | kubectl apply -f -
eventually keeper_has_some large 10
kuberay_objects | grep -v ' large-' >"$E2E_STATE/ours"
kuberay_start
eventually keeper_yields
gate_stop TERM 1
eventually keeper_has large 101
kuberay_looks
kuberay_objects >"$E2E_STATE/back"
[ -z "$(kuberay_lost "$E2E_STATE/ours" "$E2E_STATE/back")" ]
kuberay_grow ours 4
kuberay_grow slices 2
keeper_complete ours 5
keeper_complete slices 7
kuberay_objects >"$E2E_STATE/kuberays"
[ -z "$(kuberay_lost "$E2E_STATE/ours" "$E2E_STATE/kuberays")" ]
