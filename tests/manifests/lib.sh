# shellcheck shell=bash disable=SC2034,SC2154
# What check.sh and check_ray.sh share. They set `raygate`, `chart`, `out` and `tools`, have a
# function `render ARGUMENTS…`, and end with `exit $bad`.
bad=0

complain() {
	echo "manifests: $*" >&2
	bad=1
}

# derived FILE: compares standard input with a file of the tree; FIX=1 writes it.
derived() {
	cat >"$out/derived"
	cmp -s "$out/derived" "$1" && return
	if [ -n "${FIX:-}" ]; then
		cp "$out/derived" "$1"
	else
		complain "$1 is not what it is made from: make manifests FIX=1"
	fi
}

# embedded_policy NAME: the policy in what is rendered of an example.
embedded_policy() {
	sed -n '/^  policy.yaml: |$/,/^---$/s/^    //p' "$out/$1.yaml"
}

# check_examples LOOK VALUES…: the chart is well with each file of values, and with none ("null");
# `LOOK NAME` looks at what is rendered. What is in ci/refused is not taken.
check_examples() {
	local look=$1 values name
	shift

	for values in /dev/null "$@"; do
		name=$(basename "$values" .yaml)
		"$tools/helm" lint --quiet --strict "$chart" -f "$values" >"$out/lint" 2>&1 ||
			{ cat "$out/lint"; complain "helm lint with $values"; }
		render -f "$values" >"$out/$name.yaml" || { complain "$values is not rendered"; continue; }
		"$look" "$name"
	done
	for values in "$chart"/ci/refused/*.yaml; do
		! render -f "$values" >/dev/null 2>&1 || complain "the chart takes $values"
	done
}

# check_schemas KINDS FILE…: Kubernetes knows what is in the files; KINDS are those of others.
check_schemas() {
	"$tools/kubeconform" -strict -skip "$1" \
		-schema-location "$tools/schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json" "${@:2}" ||
		complain 'Kubernetes does not know what is rendered'
}

# each_webhook FILE PATTERN…: a pattern is there as often as a webhook is.
each_webhook() {
	local file=$1 webhooks pattern

	webhooks=$(grep -c '^- name: .*\.raygate\.dev$' "$file" || true)
	for pattern in "${@:2}"; do
		[ "$(grep -c -- "$pattern" "$file")" = "$webhooks" ] ||
			complain "$file: not every webhook has: $pattern"
	done
}

# What the container is started with, the program takes.
check_arguments() {
	local flag

	"$raygate" serve --help >"$out/serve.help"
	while read -r flag; do
		grep -q -- " $flag " "$out/serve.help" || complain "raygate serve has no option $flag"
	done < <(grep -ho '^        - --[a-z-]*' "$out"/*.yaml | sed 's/.* //' | sort -u)
}

check_version() {
	local version

	version=$("$raygate" version | sed 's/^raygate //')
	grep -qx "appVersion: $version" "$chart/Chart.yaml" ||
		complain "Chart.yaml's appVersion is not $version"
}
