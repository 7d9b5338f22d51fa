/*
 * AdmissionReview of admission.k8s.io/v1: the request as it arrives, the answer as it leaves. Both
 * are bytes to and from plain structs; nothing is judged here. Source: the Kubernetes documentation
 * "Dynamic Admission Control" and k8s.io/api/admission/v1.
 */
#pragma once

#include "api/field.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_read.h"

enum admission_operation {
	ADMISSION_CREATE,
	ADMISSION_UPDATE,
	ADMISSION_DELETE,
	ADMISSION_CONNECT,
};

struct admission_request {
	struct str uid;                            /* echoed byte for byte; unescaped */
	struct str api_version;                    /* "admission.k8s.io/v1" */
	struct str group, version, resource, kind; /* of request.resource and request.kind */
	struct str subresource;
	struct str name, namespace;
	enum admission_operation operation;
	bool dry_run;
	struct str username;
	const struct json_node *object, *old_object; /* NULL where absent or null */
	const struct json_node *options;
};

/* Bounds of a review: two objects of 1.5 MiB, escaped, in an envelope. */
extern const struct json_limits ADMISSION_LIMITS;
/* Of an object by itself, as one of a review is read. */
extern const struct json_limits ADMISSION_OBJECT_LIMITS;

/*
 * Strings and nodes borrow from `body` and the arena. ERR_INVALID: not JSON, or no AdmissionReview
 * that an API server would send; the text is for the client.
 */
bool admission_read(struct arena *arena, struct str body, struct admission_request *out,
	struct err *err) MUST_CHECK;

struct admission_cause {
	struct str message;
	struct str field;
	const char *reason; /* metav1.CauseType */
};

struct admission_audit {
	const char *key; /* the API server puts the webhook's name in front */
	struct str value;
};

struct admission_answer {
	bool allowed;
	/* of a denial */
	int code;           /* 422, 403, 429, … */
	const char *reason; /* metav1.StatusReason: "Invalid", "Forbidden", "TooManyRequests" */
	struct str message;
	struct str details_name, details_group, details_kind;
	const struct admission_cause *causes;
	size_t cause_count;
	int retry_after_seconds; /* 0: not said */
	/* of any answer */
	const struct str *warnings; /* each cut to ADMISSION_WARNING_MAX bytes by the writer */
	size_t warning_count;
	const struct admission_audit *audit;
	size_t audit_count;
	struct str patch; /* a JSON Patch as text; empty: none */
};

enum {
	ADMISSION_WARNING_MAX = 120,   /* longer ones may be cut by the API server */
	ADMISSION_WARNINGS_MAX = 4096, /* all of a request together; beyond it they are dropped */
};

/* Writes the whole AdmissionReview. */
void admission_write(const struct admission_request *request, const struct admission_answer *answer,
	struct buf *out);
