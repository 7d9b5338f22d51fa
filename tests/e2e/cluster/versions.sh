# shellcheck shell=bash disable=SC2034
# What is built and from which versions. The programs of Go modules are pinned by
# go.mod and go.sum, here and in tools/.
KUBERNETES_VERSION=v1.35.4
GO_VERSION=1.26.1 # at least, which Argo CD asks for; taken where the Go on PATH is older
KUBERAY_VERSION=v1.6.2
OLD_KUBECTL_PACKAGE=aws-cdk-asset-kubectl-v20==2.1.4 # holds kubectl 1.20
RAY_VERSION=2.52.0 # what most samples say
