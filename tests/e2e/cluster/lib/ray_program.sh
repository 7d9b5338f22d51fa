# shellcheck shell=bash
# A program of Ray that a head is given. What it says stays in a file there and is read when it has
# ended: what a command in a pod prints does not always reach kubectl.

# program_run POD-AND-OPTIONS…, those of kubectl exec: lib/nodes.py with three workers, to its end.
program_run() {
	# shellcheck disable=SC2016 # the pod's shell expands it
	kubectl exec "$@" -- bash -c 'rm -f /tmp/said && python -c "$0" 3 >/tmp/said 2>/tmp/said.err' \
		"$(<"$HERE/lib/nodes.py")" || true
}

# program_told FILE POD-AND-OPTIONS…: its line, into the file.
program_told() {
	kubectl exec "${@:2}" -- cat /tmp/said >"$1" && grep -qx '.* of them workers' "$1"
}

# program_tells POD-AND-OPTIONS…: its line, or what it complained of.
program_tells() {
	if eventually program_told "$E2E_STATE/said" "$@"; then
		grep -x '.* of them workers' "$E2E_STATE/said"
	else
		kubectl exec "$@" -- tail -n 5 /tmp/said.err
		return 1
	fi
}
