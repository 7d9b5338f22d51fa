/*
 * Which cluster, and as whom: what a kubeconfig's context says, or the service account of the pod
 * that we run in. Immutable once loaded; files that it names (tokens, certificates) are read by
 * credentials.h, again and again.
 *
 * The words and rules are client-go's: k8s.io/client-go/tools/clientcmd.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/mem.h"

/* PEM text that stands in the kubeconfig, or the file that holds it; both NULL for none. */
struct kube_material {
	const char *text;
	const char *file;
};

struct kube_env {
	const char *name, *value;
};

/* What is said of somebody besides, as a header: "Impersonate-Extra-KEY: " and its value. */
struct kube_extra {
	const char *header, *value;
};

/* An exec plug-in: a program that prints a credential. */
struct kube_exec {
	const char *command;
	const char *const *args; /* NULL behind the last */
	const struct kube_env *env;
	size_t env_count;
	const char *api_version;
	const char *install_hint; /* or NULL */
	bool provide_cluster_info;
	bool interactive; /* it may ask the person at our terminal */
};

struct kube_config {
	struct arena arena; /* holds everything below */
	const char *origin; /* "in-cluster" or the context's name; for people */
	const char *server; /* "https://host:6443/prefix", no slash at the end */
	const char *tls_server_name;
	const char *proxy_url;
	bool insecure; /* takes any certificate */
	struct kube_material ca, client_cert, client_key;
	const char *token, *token_file;
	const char *username, *password;
	const char *act_as, *act_as_uid;
	const char *const *act_as_groups;      /* NULL behind the last */
	const struct kube_extra *act_as_extra; /* the last has no header; or NULL */
	const struct kube_exec *exec;
	const char
		*exec_cluster_config; /* JSON that the cluster's entry has for plug-ins, or NULL */
	const char *namespace;        /* "default" when nothing names one */
	bool terminal;                /* as in the options */
};

struct kube_config_options {
	const char *kubeconfig; /* --kubeconfig, or NULL */
	const char *context;    /* --context, or NULL */
	/* Where the pod's token, ca.crt and namespace are; NULL is Kubernetes' own place. */
	const char *account_folder;
	/* Somebody is there whom a plug-in may ask: standard input is a terminal, and nothing else
	 * is read from it. */
	bool terminal;
};

/*
 * In this order: the file that is given; those of $KUBECONFIG; in a pod (KUBERNETES_SERVICE_HOST
 * and a token are there, and no context is given) its service account; ~/.kube/config. Errors
 * name file, line and entry.
 */
MUST_CHECK bool kube_config_load(
	const struct kube_config_options *options, struct kube_config **out, struct err *err);
/* Takes NULL and nulls. */
void kube_config_free(struct kube_config **config);
