#include "api/derived_names.h"

#include <string.h>

enum {
	POD_PREFIX_MAX = 50,
	NAME_MAX_LEN = 50,
	LABEL_MAX_LEN = 63,
};

static struct str first_bytes(struct str s, size_t max)
{
	return s.len > max ? (struct str){s.at, max} : s;
}

static struct str last_bytes(struct str s, size_t max)
{
	return s.len > max ? str_from_offset(s, s.len - max) : s;
}

static struct str join(struct arena *arena, struct str name, const char *tail)
{
	return arena_printf(arena, "%.*s%s", STR_ARG(name), tail);
}

/* A copy in which the first byte is "r" if it is one of `wrong`. */
static struct str with_clean_start(struct arena *arena, struct str s, const char *wrong)
{
	if (s.len == 0 || s.at[0] == '\0' || strchr(wrong, s.at[0]) == NULL)
		return arena_str(arena, s);
	return arena_printf(arena, "r%.*s", STR_ARG(str_from_offset(s, 1)));
}

/* The ASCII part of Unicode's punctuation, which has no $ + < = > ^ ` | ~ in it. */
#define PUNCTUATION "!\"#%&'()*,-./:;?@[\\]_{}"

struct str derived_pod_name(
	struct arena *arena, struct str prefix, const char *node_type, bool generate)
{
	const struct str cut = first_bytes(prefix, POD_PREFIX_MAX);
	const size_t type_len = strlen(node_type);
	const size_t len = cut.len + 1 + type_len + generate;
	char *const name = arena_alloc(arena, len + 1);

	if (cut.len)
		memcpy(name, cut.at, cut.len);
	name[cut.len] = '-';
	memcpy(name + cut.len + 1, node_type, type_len);
	if (generate)
		name[len - 1] = '-';
	for (size_t i = 0; i < len; i++) {
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] - 'A' + 'a');
	}
	return (struct str){name, len};
}

struct str derived_check_name(struct arena *arena, struct str name)
{
	return with_clean_start(arena, last_bytes(name, NAME_MAX_LEN), PUNCTUATION "0123456789");
}

struct str derived_check_label(struct arena *arena, struct str value)
{
	return with_clean_start(arena, last_bytes(value, LABEL_MAX_LEN), PUNCTUATION);
}

struct str derived_worker_pod(struct arena *arena, struct str cluster, struct str group)
{
	const struct str prefix =
		arena_printf(arena, "%.*s-%.*s", STR_ARG(cluster), STR_ARG(group));

	return derived_pod_name(arena, prefix, "worker", true);
}

struct str derived_identifier(struct arena *arena, struct str cluster, const char *node_type)
{
	return derived_check_label(
		arena, arena_printf(arena, "%.*s-%s", STR_ARG(cluster), node_type));
}

struct str derived_head_service(struct arena *arena, struct str cluster)
{
	return join(arena, cluster, "-head-svc");
}

struct str derived_serve_service(struct arena *arena, struct str cluster)
{
	return join(arena, cluster, "-serve-svc");
}

struct str derived_headless_service(struct arena *arena, struct str cluster)
{
	return join(arena, cluster, "-headless");
}

struct str derived_service_fqdn(
	struct arena *arena, struct str service, struct str namespace, struct str domain)
{
	if (domain.len == 0)
		domain = STR("cluster.local");
	return arena_printf(
		arena, "%.*s.%.*s.svc.%.*s", STR_ARG(service), STR_ARG(namespace), STR_ARG(domain));
}

struct str derived_legacy_head_service(struct arena *arena, struct str cluster)
{
	return join(arena, cluster, "-ray-head");
}

struct str derived_legacy_pod(struct arena *arena, struct str cluster, struct str generate_name)
{
	return arena_printf(arena, "%.*s-%.*s", STR_ARG(cluster), STR_ARG(generate_name));
}

struct str derived_legacy_node_name(struct arena *arena, struct str cluster, const char *node_type)
{
	return arena_printf(arena, "ray-%.*s-%s", STR_ARG(cluster), node_type);
}

struct str derived_generated_name(struct arena *arena, struct str generate_name, struct str suffix)
{
	const struct str kept = first_bytes(generate_name, DERIVED_GENERATE_MAX);

	return arena_printf(arena, "%.*s%.*s", STR_ARG(kept), STR_ARG(suffix));
}
