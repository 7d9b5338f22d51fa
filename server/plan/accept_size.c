/* The size of what was accepted, and how the status keeps it for the next process. */
#include "server/children/child.h"
#include "server/plan/accept.h"
#include "server/plan/status_modern.h"

/* Behind this, at the end of the condition's message: "headgroup=1, workers=3". */
#define MARK "is kept: "

static int64_t pods_of(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t replicas = group_replicas(cluster, group);
	const int64_t hosts = group->is_head ? 1 : group_hosts(group);

	if (group->suspend.v || replicas <= 0 || hosts <= 0)
		return 0;
	return replicas > INT32_MAX / hosts ? INT32_MAX : replicas * hosts;
}

size_t accept_sizes(
	struct arena *arena, const struct raycluster *cluster, const struct observed_size **out)
{
	struct observed_size *const sizes =
		arena_array(arena, cluster->group_count + 1, sizeof(*sizes));
	size_t count = 0;

	for (size_t i = 0; i < cluster->group_count; i++) {
		const struct ray_group *const group = cluster->groups[i];
		const int64_t pods = pods_of(cluster, group);
		/* A legacy head is a podType with a name of its own. */
		const struct str name = group->name.v.len ? group->name.v : STR(HEAD_GROUP);

		if (pods > 0)
			sizes[count++] = (struct observed_size){name, (int32_t)pods};
	}
	*out = sizes;
	return count;
}

static struct str print_sizes(struct arena *arena, const struct observed_size *sizes, size_t count)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < count; i++)
		buf_printf(
			&text, "%s%.*s=%d", i ? ", " : "", STR_ARG(sizes[i].group), sizes[i].pods);
	return arena_str(arena, buf_str(&text));
}

struct str accept_message(struct arena *arena, const struct observed_verdict *verdict,
	const struct observed_size *sizes, size_t count)
{
	const struct str size = print_sizes(arena, sizes, count);

	if (verdict->accepted)
		return arena_printf(arena, "of this size it " MARK "%.*s", STR_ARG(size));
	if (count == 0)
		return arena_printf(arena, "%.*s", STR_ARG(verdict->message));
	return arena_printf(arena, "%.*s. Of this size it " MARK "%.*s", STR_ARG(verdict->message),
		STR_ARG(size));
}

static const struct json_node *find_condition(const struct json_node *root)
{
	const struct json_node *const conditions = json_get(json_get(root, "status"), "conditions");

	for (struct json_iter it = json_iter(conditions); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "type"), STR(STATUS_ACCEPTED)))
			return it.value;
	}
	return NULL;
}

/* What is behind the last mark. */
static struct str behind_mark(struct str text)
{
	const struct str mark = STR(MARK);

	for (size_t at = text.len; at >= mark.len; at--) {
		if (memcmp(text.at + at - mark.len, mark.at, mark.len) == 0)
			return str_from_offset(text, at);
	}
	return STR("");
}

/* False at the end, and at what nobody of us wrote. */
static bool next_size(struct str *text, struct observed_size *out)
{
	const size_t len = str_find(*text, ',');
	const struct str one = str_trim((struct str){text->at, len});
	const size_t equal = str_find(one, '=');
	int64_t pods;

	*text = str_from_offset(*text, len < text->len ? len + 1 : len);
	if (equal == one.len || !str_to_i64(str_from_offset(one, equal + 1), &pods) || pods < 0 ||
		pods > INT32_MAX)
		return false;
	*out = (struct observed_size){{one.at, equal}, (int32_t)pods};
	return true;
}

bool accept_recall(struct arena *arena, const struct json_node *root, struct observed_verdict *out)
{
	const struct json_node *const condition = find_condition(root);
	int64_t generation;

	if (!json_i64(json_get(condition, "observedGeneration"), &generation) || generation <= 0)
		return false;
	struct str text = behind_mark(json_str(arena, json_get(condition, "message")));
	/* Each size takes two bytes at least, and one between them. */
	struct observed_size *const sizes = arena_array(arena, text.len / 3 + 2, sizeof(*sizes));
	size_t count = 0;

	while (next_size(&text, &sizes[count]))
		count++;
	out->generation = generation;
	out->sizes = sizes;
	out->size_count = count;
	return true;
}
