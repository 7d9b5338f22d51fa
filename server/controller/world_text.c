#include "server/controller/world_text.h"

static const char *const NOT_OF_META[] = {"managedFields", "resourceVersion", NULL};
/* kubectl's copy of the whole object. */
static const char *const NOT_OF_ANNOTATIONS[] = {
	"kubectl.kubernetes.io/last-applied-configuration", NULL};
static const char *const NOT_OF_OBJECT[] = {"status", "metadata", NULL};
static const char *const ANNOTATIONS[] = {"annotations", NULL};

static bool is_among(const struct json_node *key, const char *const *names)
{
	for (; *names; names++) {
		if (json_str_is(key, str_from(*names)))
			return true;
	}
	return false;
}

static void put_key(struct str key, bool *first, struct buf *out)
{
	if (!*first)
		buf_add_char(out, ',');
	*first = false;
	buf_add(out, key);
	buf_add_char(out, ':');
}

static void put_members(const struct json_node *object, const char *const *without,
	const char *const *nor, bool *first, struct buf *out)
{
	for (struct json_iter it = json_iter(object); json_next_member(&it);) {
		if (is_among(it.key, without) || (nor && is_among(it.key, nor)))
			continue;
		put_key(json_raw(it.key), first, out);
		buf_add(out, json_raw(it.value));
	}
}

static void put_meta(const struct json_node *meta, struct buf *out)
{
	const struct json_node *const annotations = json_get(meta, "annotations");
	bool first = true;

	buf_add_char(out, '{');
	put_members(meta, NOT_OF_META, ANNOTATIONS, &first, out);
	if (json_is(annotations, JSON_OBJECT)) {
		bool none = true;

		put_key(STR("\"annotations\""), &first, out);
		buf_add_char(out, '{');
		put_members(annotations, NOT_OF_ANNOTATIONS, NULL, &none, out);
		buf_add_char(out, '}');
	}
	buf_add_char(out, '}');
}

void world_text_put(const struct json_node *object, struct buf *out)
{
	bool first = false;

	buf_add_cstr(out, "{\"metadata\":");
	put_meta(json_get(object, "metadata"), out);
	put_members(object, NOT_OF_OBJECT, NULL, &first, out);
}
