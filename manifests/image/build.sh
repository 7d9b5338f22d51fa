#!/bin/bash
# build.sh PROGRAM OUT.tar: an image of the program and what it needs, without a container engine.
#
# The tar is an OCI layout, which `docker load`, `podman load` and `ctr images import` take as it is.
# Two layers: what comes from Debian, which seldom changes, and the program. The same inputs give the
# same bytes: names are sorted, times are SOURCE_DATE_EPOCH (0 if unset), owners are root.
set -euo pipefail
umask 022

program=$1
out=$2
version=$("$program" version | sed 's/^raygate //')
epoch=${SOURCE_DATE_EPOCH:-0}
user=65532

case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) arch=$(uname -m) ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debian=$work/debian ours=$work/ours layout=$work/layout
mkdir -p "$debian" "$ours" "$layout/blobs/sha256"

# The package that a file is from; Debian 12 knows some of /lib by their names below /usr.
package_of() {
	dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "/usr$1" 2>/dev/null
}

# For scanners and for licences: which packages the files are from, as distroless images say it.
record_package() {
	local package=$1
	local doc=usr/share/doc/$package/copyright

	mkdir -p "$debian/var/lib/dpkg/status.d"
	dpkg-query -s "$package" >"$debian/var/lib/dpkg/status.d/$package"
	[ ! -e "/$doc" ] || install -D -m 644 "$(realpath "/$doc")" "$debian/$doc"
}

# Every library by the path under which the loader looks for it, and the loader itself.
add_libraries() {
	local path curl

	# The program opens libcurl by itself.
	curl=$(ldconfig -p | sed -n 's/.*libcurl\.so\.4 .* => //p' | head -n 1)
	{
		ldd "$program" "$curl" | grep -o '[[:space:]]/[^ ]*' | tr -d '[:blank:]'
		echo "$curl"
	} | sort -u >"$work/libraries"
	while read -r path; do
		install -D -m 755 "$(realpath "$path")" "$debian$path"
		! command -v dpkg-query >/dev/null || package_of "$path" | sed 's/:.*//'
	done <"$work/libraries" | sort -u >"$work/packages"
	while read -r path; do
		record_package "$path"
	done <"$work/packages"
}

# Authorities for API servers whose kubeconfig names none.
add_system() {
	mkdir -p "$debian/etc"
	echo "root:x:0:0:root:/:/sbin/nologin
raygate:x:$user:$user:raygate:/:/sbin/nologin" >"$debian/etc/passwd"
	echo "root:x:0:
raygate:x:$user:" >"$debian/etc/group"
	echo 'hosts: files dns' >"$debian/etc/nsswitch.conf"
	[ ! -e /etc/os-release ] || install -m 644 "$(realpath /etc/os-release)" "$debian/etc/os-release"
	[ ! -e /etc/ssl/certs/ca-certificates.crt ] ||
		install -D -m 644 /etc/ssl/certs/ca-certificates.crt \
			"$debian/etc/ssl/certs/ca-certificates.crt"
}

# archive FOLDER FILE
archive() {
	find "$1" -type d -exec chmod 755 {} +
	tar -C "$1" -cf "$2" --format=ustar --sort=name --mtime="@$epoch" --owner=0 --group=0 \
		--numeric-owner .
}

# Puts a file among the blobs and says its digest without the name of the algorithm.
blob() {
	local digest

	digest=$(sha256sum <"$1" | cut -d' ' -f1)
	cp "$1" "$layout/blobs/sha256/$digest"
	echo "$digest"
}

# descriptor TYPE DIGEST
descriptor() {
	printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$1" "$2" \
		"$(stat -c %s "$layout/blobs/sha256/$2")"
}

add_layer() {
	archive "$1" "$work/layer.tar"
	diffs+=("$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)")
	gzip -9 -n -c "$work/layer.tar" >"$work/layer.tar.gz"
	layers+=("$(blob "$work/layer.tar.gz")")
}

write_config() {
	cat <<-END
		{"architecture":"$arch","os":"linux","created":"$(date -u -d "@$epoch" +%FT%TZ)","config":{
		"User":"$user:$user","Entrypoint":["/raygate"],"Cmd":["--help"],"WorkingDir":"/",
		"ExposedPorts":{"9443/tcp":{},"8080/tcp":{}},"Labels":{
		"org.opencontainers.image.title":"raygate",
		"org.opencontainers.image.description":"An admission webhook and controller for Ray clusters on Kubernetes",
		"org.opencontainers.image.version":"$version"}},
		"rootfs":{"type":"layers","diff_ids":["sha256:${diffs[0]}","sha256:${diffs[1]}"]},
		"history":[{"created_by":"libraries"},{"created_by":"raygate"}]}
	END
}

write_manifest() {
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",'
	printf '"config":%s,"layers":[%s,%s]}' "$(descriptor config.v1+json "$config")" \
		"$(descriptor layer.v1.tar+gzip "${layers[0]}")" \
		"$(descriptor layer.v1.tar+gzip "${layers[1]}")"
}

# index.json is what OCI tools read, manifest.json what older `docker load` reads.
write_layout() {
	local entry

	entry=$(descriptor manifest.v1+json "$manifest")
	printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
		"${entry%\}},\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/raygate:$version\",\"org.opencontainers.image.ref.name\":\"$version\"},\"platform\":{\"architecture\":\"$arch\",\"os\":\"linux\"}}" \
		>"$layout/index.json"
	printf '[{"Config":"blobs/sha256/%s","RepoTags":["raygate:%s"],"Layers":["blobs/sha256/%s","blobs/sha256/%s"]}]' \
		"$config" "$version" "${layers[0]}" "${layers[1]}" >"$layout/manifest.json"
}

# The program says its version from inside the unpacked image, with nothing of this machine around.
try_image() {
	local root=$work/root layer enter=()

	mkdir "$root"
	for layer in "${layers[@]}"; do
		tar -C "$root" -xzf "$layout/blobs/sha256/$layer"
	done
	if [ "$(id -u)" != 0 ]; then
		enter=(unshare -r)
		unshare -r true 2>/dev/null || { echo 'image: not tried, as chroot needs root'; return; }
	fi
	"${enter[@]}" "$(command -v chroot || echo /usr/sbin/chroot)" "$root" /raygate version >/dev/null
}

layers=() diffs=()
add_libraries
add_system
install -m 755 "$program" "$ours/raygate"
strip "$ours/raygate"
add_layer "$debian"
add_layer "$ours"
write_config >"$work/config.json"
config=$(blob "$work/config.json")
write_manifest >"$work/manifest.json"
manifest=$(blob "$work/manifest.json")
write_layout
try_image
mkdir -p "$(dirname "$out")"
archive "$layout" "$out"
printf 'image: raygate:%s for %s in %s, %s KiB (program %s KiB, unpacked %s KiB), sha256:%s\n' \
	"$version" "$arch" "$out" "$(($(stat -c %s "$out") / 1024))" \
	"$(($(stat -c %s "$ours/raygate") / 1024))" "$(du -sk --apparent-size "$work/root" | cut -f1)" \
	"$manifest"
