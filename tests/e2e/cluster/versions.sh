# shellcheck shell=bash disable=SC2034
# What is built and from which versions. kubernetes/ is pinned by go.mod and go.sum.
KUBERNETES_VERSION=v1.35.4
GO_VERSION=1.26.1 # at least, which Argo CD asks for; taken where the Go on PATH is older
KWOK_VERSION=v0.8.0
HELM_VERSION=v3.21.4
KUBERAY_VERSION=v1.6.2
OLD_KUBECTL_PACKAGE=aws-cdk-asset-kubectl-v20==2.1.4 # holds kubectl 1.20
RAY_VERSION=2.52.0 # what most samples say
