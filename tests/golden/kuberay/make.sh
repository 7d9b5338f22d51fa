#!/bin/bash
# make.sh CHECKOUT: writes facts/ anew: what the controller of KubeRay, of which that is a checkout of the
# version compared with, creates of our samples and of manifests/. Needs Go; the diff is the review.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
checkout=$(cd "$1/ray-operator" && pwd)

overlay=$(mktemp)
trap 'rm -f "$overlay"' EXIT
printf '{"Replace": {"%s": "%s"}}' "$checkout/controllers/ray/zz_facts_test.go" "$here/facts_test.go" >"$overlay"
rm -rf "$here/facts"
mkdir "$here/facts"
export FACTS_TO=$here/facts FACTS_OF
FACTS_OF=$(echo "$root"/manifests/samples/ray.io-*.yaml "$here"/manifests/*.yaml)
# Off by default. Without them it makes nothing of a cluster that asks for what they are of.
export FACTS_GATES=GCSFaultToleranceEmbeddedStorage=true,RayClusterNetworkPolicy=true
go test -C "$checkout" -overlay "$overlay" -count=1 -run '^TestFacts$' -v ./controllers/ray
