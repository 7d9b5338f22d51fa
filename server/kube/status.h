/* metav1.Status: why the API server did not do what it was asked. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_read.h"

struct kube_cause {
	struct str reason, field, message;
};

/* Strings are empty where the server says nothing. All live in the arena or in the text. */
struct kube_status {
	int code;          /* HTTP's */
	struct str reason; /* "NotFound", "AlreadyExists", "Conflict", "Expired", … */
	struct str message;
	int64_t retry_after_s; /* 0 when it does not say */
	const struct kube_cause *causes;
	size_t cause_count;
};

enum { KUBE_CAUSES_LIMIT = 64 }; /* of one status; the message tells of all */

/* False when the node is no Status. */
bool kube_status_decode(const struct json_node *node, struct arena *arena, struct kube_status *out);
/* What a server says without a Status: a proxy, a load balancer. */
struct kube_status kube_status_of_text(int code, struct str body, struct arena *arena);

/* NOT_FOUND, CONFLICT, INVALID, … by code, with the message. Returns false. */
bool kube_status_err(const struct kube_status *status, struct err *err);

/* An object of this name is there already; any other 409 is somebody who was faster. */
bool kube_status_is_already_exists(const struct kube_status *status);
/* The resourceVersion or the page's token is too old (410, also inside a watch). */
bool kube_status_is_expired(const struct kube_status *status);
