/* One line of a watch, decoded. */
#pragma once

#include "server/kube/status.h"

enum kube_watch_type {
	KUBE_WATCH_OBJECT, /* ADDED or MODIFIED: as it is now */
	KUBE_WATCH_GONE,   /* DELETED: as it was last */
	KUBE_WATCH_BOOKMARK,
	KUBE_WATCH_ERROR,
};

struct kube_watch_event {
	enum kube_watch_type type;
	const struct json_node *object;
	struct str namespace, name; /* of an object; the namespace may be empty */
	struct str version;         /* its resourceVersion; never empty but for an error */
	struct kube_status error;
};

/* The places to pass over are told from the line's own root. */
MUST_CHECK bool kube_watch_event_read(struct str line, const struct json_place *skip,
	struct arena *arena, struct kube_watch_event *out, struct err *err);

/* Name, namespace and version of any object. False when it has no name. */
bool kube_watch_object(
	const struct json_node *object, struct arena *arena, struct kube_watch_event *out);
