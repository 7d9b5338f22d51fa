#include "server/serve/ca_bundle.h"

#include "base/base64.h"
#include "certs/managed.h"

static struct str bundle_of(const struct json_node *webhook, struct arena *arena)
{
	const struct json_node *const value =
		json_get(json_get(webhook, "clientConfig"), "caBundle");
	struct buf text CLEANUP(buf_done) = {0};

	if (!json_is(value, JSON_STRING) || !base64_read(json_str(arena, value), &text))
		return (struct str){0};
	return arena_str(arena, buf_str(&text));
}

const struct ca_bundle *ca_bundle_read(
	const struct json_node *configuration, struct arena *arena, size_t *count)
{
	const struct json_node *const webhooks = json_get(configuration, "webhooks");
	struct ca_bundle *const out = arena_array(arena, json_count(webhooks), sizeof(*out));

	*count = 0;
	for (struct json_iter it = json_iter(webhooks); json_next_item(&it);)
		out[(*count)++] = (struct ca_bundle){
			.webhook = arena_str(arena, json_str(arena, json_get(it.value, "name"))),
			.pem = bundle_of(it.value, arena),
		};
	return out;
}

static void add_operations(
	const struct ca_bundle *bundle, size_t index, struct str wanted, struct buf *out)
{
	buf_printf(out, "%s{\"op\":\"test\",\"path\":\"/webhooks/%zu/name\",\"value\":",
		out->len > 1 ? "," : "", index);
	buf_add_json_str(out, bundle->webhook);
	buf_printf(out,
		"},{\"op\":\"add\",\"path\":\"/webhooks/%zu/clientConfig/caBundle\",\"value\":\"",
		index);
	buf_add_base64(out, wanted);
	buf_add_cstr(out, "\"}");
}

bool ca_bundle_patch(
	const struct ca_bundle *bundles, size_t count, struct str wanted, struct buf *out)
{
	bool differs = false;

	out->len = 0;
	buf_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (managed_bundle_equals(bundles[i].pem, wanted))
			continue;
		add_operations(&bundles[i], i, wanted, out);
		differs = true;
	}
	buf_add_char(out, ']');
	return differs;
}
