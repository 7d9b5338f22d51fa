#include "tests/support/facts_kit.h"

#include <criterion/criterion.h>

#include "base/yaml.h"

static void put_all(struct facts *facts, struct yaml_stream *stream)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 1000};
	struct yaml_doc doc;
	struct arena arena;
	struct err err;

	arena_init(&arena, 65536);
	for (;;) {
		cr_assert(yaml_next(stream, &arena, &LIMITS, &doc, &err), "%s", err.text);
		if (doc.json.root == NULL)
			break;
		const enum facts_kind kind = facts_recognise(doc.json.root);

		cr_assert(kind < FACTS_KINDS, "document %u is of no kind that is a fact",
			doc.index + 1);
		facts_put(facts, kind, doc.json.root);
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static bool is_unknown(const char *const *unknown, const char *kind)
{
	for (; unknown && *unknown; unknown++) {
		if (strcmp(*unknown, kind) == 0)
			return true;
	}
	return false;
}

struct facts *facts_kit_read(struct str text, const char *const *unknown)
{
	struct facts *const facts = facts_new();
	struct yaml_stream *stream = yaml_open(text);

	put_all(facts, stream);
	yaml_close(&stream);
	for (enum facts_kind kind = 0; kind < FACTS_KINDS; kind++) {
		if (!is_unknown(unknown, FACTS_SOURCES[kind].kind))
			facts_set_known(facts, kind);
	}
	return facts;
}
