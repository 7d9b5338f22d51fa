#include "server/kube/resource.h"

#include <string.h>

static bool stands_for_itself(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

/* RFC 3986: all but unreserved characters as %XX. */
static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (stands_for_itself(*text))
			buf_add_char(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

/* As apimachinery's path validation. */
static bool add_part(struct buf *out, const char *what, const char *text, struct err *err)
{
	if (text == NULL || *text == '\0')
		return true;
	if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strpbrk(text, "/%"))
		return err_set(err, ERR_INVALID, "'%.150s' cannot be a %s", text, what);
	buf_add_char(out, '/');
	add_escaped(out, text);
	return true;
}

bool kube_ref_path(const struct kube_ref *ref, struct buf *out, struct err *err)
{
	const struct kube_resource *const resource = ref->resource;

	if (*resource->group)
		buf_printf(out, "/apis/%s/%s", resource->group, resource->version);
	else
		buf_printf(out, "/api/%s", resource->version);
	if (!resource->cluster_wide && ref->namespace && *ref->namespace) {
		buf_add_cstr(out, "/namespaces");
		if (!add_part(out, "namespace", ref->namespace, err))
			return false;
	}
	return add_part(out, "resource", resource->plural, err) &&
	       add_part(out, "name", ref->name, err) && add_part(out, "part", ref->part, err);
}

void kube_query_add(struct buf *out, size_t start, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, "%c%s=", out->len == start ? '?' : '&', key);
	add_escaped(out, value);
}
