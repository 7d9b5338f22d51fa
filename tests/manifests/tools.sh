#!/bin/bash
# tools.sh DIR: puts links to helm, kubeconform and the schemas of Kubernetes for it into DIR. They
# are made once, from Go modules, and kept in the cache of the end-to-end tests.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

HELM=v3.21.4
KUBECONFORM=v0.8.0
KUBERNETES=v1.35.4
GO=1.26.0 # at least, which helm asks for; taken where the Go on PATH is older

links=$(realpath -m "$1")
cache=${RAYGATE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/raygate-e2e}
export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS='-buildvcs=false -trimpath' GOWORK=off

module_dir() {
	"$go" mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'
}

# link NAME INPUT COMMAND…: the cache's folder NAME-HASH of INPUT; if it is not there, COMMAND fills
# it, in a folder that is its current one.
link() {
	local name=$1 made

	made=$cache/$name-$(sha256sum <<<"$2" | cut -c1-16)
	shift 2
	(
		flock 8
		[ ! -d "$made" ] || exit 0
		rm -rf "$made.new"
		mkdir "$made.new"
		echo "  MAKE   $name, once" >&2
		cd "$made.new"
		"$@" >"$cache/$name.log" 2>&1 || { tail -n 20 "$cache/$name.log" >&2; exit 1; }
		mv "$made.new" "$made"
	) 8>"$cache/$name.lock"
	ln -sfn "$made${file:+/$file}" "$links/$name"
}

toolchain() {
	cp -r "$(module_dir "golang.org/toolchain@v0.0.1-go$GO.linux-$(dpkg --print-architecture)")" go
	chmod -R u+w go
	chmod +x go/bin/* go/pkg/tool/*/*
}

install_program() {
	GOBIN=$PWD "$go" install -ldflags '-s -w' "$1"
}

make_schemas() {
	"$go" run "$here/schemas.go" \
		"$(module_dir "k8s.io/kubernetes@$KUBERNETES")/api/openapi-spec/swagger.json" .
}

mkdir -p "$cache" "$links"
go=go
if ! { go env GOVERSION | sed 's/^go//'; } 2>/dev/null | { echo "$GO"; cat; } | sort -VC; then
	file='' link go "$GO $(uname -m)" toolchain
	go=$links/go/go/bin/go
fi
file=helm link helm "$HELM" install_program "helm.sh/helm/v3/cmd/helm@$HELM"
file=kubeconform link kubeconform "$KUBECONFORM" \
	install_program "github.com/yannh/kubeconform/cmd/kubeconform@$KUBECONFORM"
file='' link schemas "$KUBERNETES $(cat "$here/schemas.go")" make_schemas
