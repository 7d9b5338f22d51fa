/*
 * The syntaxes of names in Kubernetes (k8s.io/apimachinery, pkg/util/validation and
 * pkg/api/validate/content). Lengths are in bytes, as there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	NAMES_LABEL_MAX = 63, /* of a DNS label and of a label's value */
	NAMES_SUBDOMAIN_MAX = 253,
	NAMES_PORT_MAX = 15,
};

enum name_kind {
	NAME_DNS1035_LABEL,     /* a Service; a RayCluster: my-name */
	NAME_DNS1123_LABEL,     /* a container, a volume, a namespace: my-name, 123-abc */
	NAME_DNS1123_SUBDOMAIN, /* most objects: example.com */
	NAME_QUALIFIED,         /* the key of a label, the name of a resource: example.com/MyName */
	NAME_ANNOTATION_KEY,    /* as a label's key, but without case */
	NAME_LABEL_VALUE,       /* MyValue, or nothing */
	NAME_ENV,               /* an environment variable before Kubernetes 1.30: MY_ENV.NAME */
	NAME_ENV_RELAXED,       /* and since: printable ASCII without '=' */
	NAME_C_IDENTIFIER,      /* MY_NAME */
	NAME_PORT,              /* IANA_SVC_NAME: http-alt */
	NAME_CONFIG_KEY,        /* a key of a ConfigMap or Secret: key.name */
	NAME_HTTP_HEADER,       /* X-Header-Name */
	NAME_PERCENT,           /* 25% */
	NAME_ABSOLUTE_PATH,     /* /data */
	NAME_RELATIVE_PATH,     /* a subPath: below/some/where, never up */
	NAME_KINDS,
};

/*
 * NULL when `name` has the syntax; otherwise what must hold, as words that follow the field's path
 * ("must be no more than 63 characters"). The text is a constant.
 */
const char *names_fault(enum name_kind kind, struct str name);

/* The same for numbers: 1 to 65535. */
const char *names_port_number_fault(int64_t port);
/* For users and groups (runAsUser, fsGroup): 0 to 2147483647. */
const char *names_user_id_fault(int64_t id);

/*
 * A valid name near a wrong one: "My_Cluster" → "my-cluster". The empty str when nothing is left
 * of it, or for the kinds that are not made up: percent and paths. What is valid comes back as it
 * is. The result is in the arena.
 */
struct str names_suggest(struct arena *arena, struct str bad, enum name_kind kind);
