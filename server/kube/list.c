#include "server/kube/list.h"

#include <stdio.h>

enum { ROUNDS = 4, PARTS = 4 };

/* Tells the page's objects and says where the next one is: NULL when this was the last. */
static const char *take_page(struct kube_reply *reply, const struct kube_list_handler *handler)
{
	const struct json_node *const meta = json_get(reply->doc.root, "metadata");
	const struct str token = json_str(&reply->arena, json_get(meta, "continue"));

	for (struct json_iter it = json_iter(json_get(reply->doc.root, "items"));
		json_next_item(&it);)
		handler->item(handler->context, it.value, &reply->arena);
	return token.len ? arena_str(&reply->arena, token).at : NULL;
}

static bool note_version(const struct kube_reply *reply, struct arena *arena,
	char version[KUBE_VERSION_SIZE], struct err *err)
{
	const struct str text =
		json_str(arena, json_get(json_get(reply->doc.root, "metadata"), "resourceVersion"));

	if (version == NULL)
		return true;
	if (text.len == 0 || text.len >= KUBE_VERSION_SIZE)
		return err_set(err, ERR_INVALID, "a list without a resourceVersion");
	snprintf(version, KUBE_VERSION_SIZE, "%.*s", STR_ARG(text));
	return true;
}

/* A page that is too long is asked for again in parts, down to single objects. */
static bool shrink(struct kube_call *page, const struct err *err)
{
	if (err->code != ERR_TOO_LARGE || page->limit == 1)
		return false;
	page->limit = page->limit > PARTS ? page->limit / PARTS : 1;
	return true;
}

/* False also when a token expired; reply->refusal says so. */
static bool take_all(struct kube_client *client, struct kube_call page, struct kube_reply *reply,
	const struct kube_list_handler *handler, struct err *err)
{
	CLEANUP(buf_done) struct buf token = {0};

	for (;;) {
		if (!kube_call(client, &page, reply, err)) {
			if (shrink(&page, err))
				continue;
			return false;
		}
		const char *const next = take_page(reply, handler);

		if (next == NULL)
			return true;
		token.len = 0;
		buf_add_cstr(&token, next);
		buf_add_char(&token, '\0');
		page.continue_token = token.at;
		/* Said in the token. */
		page.resource_version = NULL;
	}
}

bool kube_list(struct kube_client *client, const struct kube_call *call,
	const struct kube_list_handler *handler, char version[KUBE_VERSION_SIZE], struct err *err)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	struct kube_call page = *call;

	if (page.limit == 0)
		page.limit = KUBE_PAGE;
	for (int round = 1;; round++) {
		if (take_all(client, page, &reply, handler, err))
			return note_version(&reply, &reply.arena, version, err);
		if (round == ROUNDS || !kube_status_is_expired(&reply.refusal))
			return false;
		if (handler->again)
			handler->again(handler->context);
	}
}
