/* What the API server keeps, and the path where it stands. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct kube_resource {
	const char *group; /* "" is the core group */
	const char *version;
	const char *plural;
	bool cluster_wide; /* has no namespace */
};

/* One object, or all of a namespace, or all there are: without a name, without a namespace. */
struct kube_ref {
	const struct kube_resource *resource;
	const char *namespace; /* NULL or "" is none; not looked at for what has no namespace */
	const char *name;      /* NULL or "" is none */
	const char *part;      /* "status", "scale"; or NULL */
};

/*
 * Appends "/apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME/PART". Every part is escaped; one that
 * cannot stand in a path (".", "..", with a slash) is an error. So a name that a user wrote never
 * leads elsewhere.
 */
MUST_CHECK bool kube_ref_path(const struct kube_ref *ref, struct buf *out, struct err *err);

/*
 * Appends "?key=value" or, where a query has begun behind `start`, "&key=value"; nothing for NULL.
 * `start` is out->len before the first of them.
 */
void kube_query_add(struct buf *out, size_t start, const char *key, const char *value);
