#include "api/policy_resources.h"

static void wrong(const struct schema_decoder *decoder, const struct field_path *at,
	struct field_reads reads, const char *text)
{
	const struct field_fact fact = {
		.rule = SCHEMA_RULE_WORD,
		.type = FIELD_INVALID,
		.at_most = FIELD_SEVERITY_ERROR,
		.reads = reads,
	};

	field_add(decoder->errors, at, &fact, "%s", text);
}

static void check_signs(const struct schema_decoder *decoder, const struct resource_list *list,
	const struct field_path *at)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *const r = &list->items[i];

		if (quantity_is_negative(r->quantity))
			wrong(decoder, FIELD_KEY(at, r->name), FIELD_READS(r->node),
				"must be 0 or more");
	}
}

void policy_resources_check(const struct schema_decoder *decoder,
	const struct policy_resources *resources, const struct field_path *at)
{
	const struct field_path *const requests = FIELD_CHILD(at, "requests");

	check_signs(decoder, &resources->requests, requests);
	check_signs(decoder, &resources->limits, FIELD_CHILD(at, "limits"));
	for (size_t i = 0; i < resources->requests.count; i++) {
		const struct resource *const request = &resources->requests.items[i];
		const struct resource *const limit =
			resource_find_str(&resources->limits, request->name);

		if (limit && quantity_cmp(request->quantity, limit->quantity) > 0)
			wrong(decoder, FIELD_KEY(requests, request->name),
				FIELD_READS(request->node, limit->node),
				"must be at most the limit: lower it, or raise the limit");
	}
}
