/* All objects of a kind, page by page. */
#pragma once

#include "server/kube/client.h"

enum { KUBE_PAGE = 500, KUBE_VERSION_SIZE = 64 };

struct kube_list_handler {
	/* One object; borrowed, with the arena for what is made of it in this call. */
	void (*item)(void *context, const struct json_node *object, struct arena *arena);
	/* What was told until now may be out of date: all begins anew. Or NULL. */
	void (*again)(void *context);
	void *context;
};

/*
 * `call` is a KUBE_LIST; its limit is KUBE_PAGE when it says none, and becomes smaller where a page
 * is longer than its reply_limit. A page token that expired meanwhile begins anew, a few times.
 * `version` is where a watch goes on; or NULL.
 */
MUST_CHECK bool kube_list(struct kube_client *client, const struct kube_call *call,
	const struct kube_list_handler *handler, char version[KUBE_VERSION_SIZE], struct err *err);
