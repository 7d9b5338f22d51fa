# shellcheck shell=bash disable=SC2034
# What is built and from which versions. The programs of Go modules are pinned by
# go.mod and go.sum, here and in tools/.
KUBERNETES_VERSION=v1.35.4
GO_VERSION=1.26.1 # at least, which Argo CD asks for; taken where the Go on PATH is older
KUBERAY_VERSION=v1.6.2
CERT_MANAGER_VERSION=v1.21.2 # the CRDs of these two, for what the chart renders of theirs
PROMETHEUS_OPERATOR_VERSION=v0.85.0
OLD_KUBECTL_PACKAGE=aws-cdk-asset-kubectl-v20==2.1.4 # holds kubectl 1.20
RAY_VERSION=2.52.0 # what most samples say
