#include "server/check/manifest.h"

static bool member_is(const struct json_node *object, const char *key, const char *value)
{
	return json_str_is(json_get(object, key), str_from(value));
}

static bool is_list(const struct json_node *document)
{
	const struct json_node *const kind = json_get(document, "kind");

	return json_is(kind, JSON_STRING) && str_ends((struct str){kind->at, kind->len}, "List") &&
	       json_is(json_get(document, "items"), JSON_ARRAY);
}

static bool is_review(const struct json_node *document)
{
	const struct json_node *const version = json_get(document, "apiVersion");

	return member_is(document, "kind", "AdmissionReview") && json_is(version, JSON_STRING) &&
	       str_starts((struct str){version->at, version->len}, "admission.k8s.io/") &&
	       json_is(json_get(document, "request"), JSON_OBJECT);
}

static bool is_being_deleted(const struct json_node *object)
{
	return json_present(json_get(json_get(object, "metadata"), "deletionTimestamp"));
}

static struct str text_of(const struct json_node *node)
{
	return json_is(node, JSON_STRING) ? (struct str){node->at, node->len} : (struct str){0};
}

/* As kubectl does for an item that says neither its apiVersion nor its kind. */
static bool is_of_list(const struct json_node *list, struct manifest *m)
{
	const struct str version = text_of(json_get(list, "apiVersion"));
	const struct str kind = text_of(json_get(list, "kind"));

	if (list == NULL || text_of(json_get(m->root, "apiVersion")).len ||
		text_of(json_get(m->root, "kind")).len ||
		!ray_kind_find((struct str){version.at, str_find(version, '/')},
			(struct str){kind.at, kind.len - (sizeof("List") - 1)}, &m->kind,
			&m->dialect))
		return false;
	m->api_version = version;
	return true;
}

/* 1 when it is not judged. */
static size_t each_object(struct arena *arena, const struct manifest *from,
	const struct json_node *list, const struct manifest_visitor *visitor)
{
	struct manifest m = *from;

	if (!is_of_list(list, &m) && !ray_object_recognise(m.root, &m.kind, &m.dialect)) {
		if (visitor->pass)
			visitor->pass(visitor->context, m.root);
		return 1;
	}
	if (m.namespace.len == 0)
		m.namespace = json_str(arena, json_get(json_get(m.root, "metadata"), "namespace"));
	visitor->judge(visitor->context, &m);
	return 0;
}

static size_t review(struct arena *arena, const struct json_node *document,
	const struct manifest_visitor *visitor)
{
	const struct json_node *const request = json_get(document, "request");
	const struct json_node *const subresource = json_get(request, "subResource");
	const struct json_node *const old = json_get(request, "oldObject");
	const bool update = member_is(request, "operation", "UPDATE");
	const struct manifest m = {
		.root = json_get(request, "object"),
		.old = update && json_is(old, JSON_OBJECT) ? old : NULL,
		.namespace = json_str(arena, json_get(request, "namespace")),
	};

	if (!json_is(m.root, JSON_OBJECT) || member_is(request, "operation", "DELETE") ||
		(json_is(subresource, JSON_STRING) && subresource->len) ||
		is_being_deleted(m.root) || (m.old && is_being_deleted(m.old)))
		return 1;
	return each_object(arena, &m, NULL, visitor);
}

/* `list`: what holds the document as an item, or NULL. */
static size_t each(struct arena *arena, const struct json_node *document,
	const struct json_node *list, const struct manifest_visitor *visitor)
{
	size_t others = 0;

	if (is_review(document))
		return review(arena, document, visitor);
	if (!is_list(document))
		return each_object(arena, &(struct manifest){.root = document}, list, visitor);
	for (struct json_iter it = json_iter(json_get(document, "items")); json_next_item(&it);)
		others += each(arena, it.value, document, visitor);
	return others;
}

size_t manifest_each(struct arena *arena, const struct json_node *document,
	const struct manifest_visitor *visitor)
{
	return each(arena, document, NULL, visitor);
}
