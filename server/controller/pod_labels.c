#include "server/controller/pod_labels.h"

#include "base/attr.h"
#include "server/controller/pod_facts.h"

static const struct json_limits LIMITS = {.bytes = (size_t)8 << 20,
	.depth = 256,
	.nodes = 1 << 20,
	.skip = (const struct json_place[]){{1, "spec"}, {0, NULL}}};

static const struct json_node *labels_of(const struct json_node *object)
{
	return json_get(json_get(object, "metadata"), "labels");
}

const char *pod_labels_changed(
	struct arena *arena, enum dialect dialect, struct str asked, const struct json_node *made)
{
	const struct pod_words *const words = &POD_WORDS[dialect];
	const char *const keys[] = {words->cluster, words->role, words->group, words->replica_name,
		words->replica_index, words->host_index, words->hash_label};
	struct json_doc doc;
	struct err ignored;

	if (!json_present(json_get(made, "metadata")) ||
		!json_read(arena, asked, &LIMITS, &doc, &ignored))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i] == NULL)
			continue;
		const struct str was = json_str(arena, json_get(labels_of(doc.root), keys[i]));
		const struct str is = json_str(arena, json_get(labels_of(made), keys[i]));

		/* What is merely added is nobody's key. */
		if (was.len && !str_eq(was, is))
			return arena_printf(arena,
				"it came back with the label %s \"%.*s\", not \"%.*s\": a mutating "
				"webhook has to leave the labels of these pods alone",
				keys[i], STR_ARG(is), STR_ARG(was))
				.at;
	}
	return NULL;
}
