/* What each verb looks like in HTTP. */
#pragma once

#include "server/kube/client.h"

struct kube_verb_row {
	enum kube_verb verb;
	const char *method;
	const char *content_type;    /* NULL where no body goes with it */
	const char *accept_metadata; /* for nothing but metadata */
	bool reads;                  /* changes nothing, and may be repeated whatever happened */
	bool named;                  /* is about one object */
	bool managed;                /* fieldManager and dryRun are said */
};

const struct kube_verb_row *kube_verb_row(enum kube_verb verb);
/* Path and query of a call. */
MUST_CHECK bool kube_verb_path(const struct kube_call *call, struct buf *out, struct err *err);
/* The body of a delete: DeleteOptions. */
void kube_verb_delete_options(const struct kube_call *call, struct buf *out);
