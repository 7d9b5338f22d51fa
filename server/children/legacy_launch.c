/*
 * What a legacy pod is made from, as a hash: the podConfig as it is stored, the commands that start
 * Ray and the resources that Ray is told. Bounds, time-outs and the Service's ports are no part of
 * it, and neither is the order of keys. All of it is stable between processes and versions.
 */
#include <string.h>

#include "base/hash.h"
#include "server/children/legacy_pod.h"
#include "server/children/legacy_start.h"

enum { SPEC_LEN = 32, HEAD_LEN = 16 }; /* hexadecimal digits */

static uint64_t join(const struct hash_key *key, uint64_t a, uint64_t b)
{
	char bytes[2 * sizeof(uint64_t)];

	memcpy(bytes, &a, sizeof(a));
	memcpy(bytes + sizeof(a), &b, sizeof(b));
	return hash_str(key, (struct str){bytes, sizeof(bytes)});
}

struct hashing {
	struct arena *arena;
	const struct hash_key *key;
};

static uint64_t hash_value(const struct hashing *h, const struct json_node *node);

/* Members in any order; null is absent. */
static uint64_t hash_members(const struct hashing *h, const struct json_node *node)
{
	uint64_t sum = JSON_OBJECT;

	for (struct json_iter it = json_iter(node); json_next_member(&it);) {
		if (json_present(it.value))
			sum += join(h->key, hash_str(h->key, json_str(h->arena, it.key)),
				hash_value(h, it.value));
	}
	return sum;
}

static uint64_t hash_value(const struct hashing *h, const struct json_node *node)
{
	uint64_t sum = JSON_ARRAY;

	if (node == NULL)
		return 0;
	if (json_is(node, JSON_OBJECT))
		return hash_members(h, node);
	if (json_is(node, JSON_STRING))
		return join(h->key, JSON_STRING, hash_str(h->key, json_str(h->arena, node)));
	if (!json_is(node, JSON_ARRAY))
		return join(h->key, JSON_NUMBER, hash_str(h->key, json_raw(node)));
	for (struct json_iter it = json_iter(node); json_next_item(&it);)
		sum = join(h->key, sum, hash_value(h, it.value));
	return sum;
}

static uint64_t hash_type(
	const struct hashing *h, const struct child_context *c, const struct ray_group *type)
{
	const struct legacy_commands commands = legacy_commands_of(c, type);
	uint64_t sum = hash_value(h, type->template.self.node);

	sum = join(h->key, sum, hash_str(h->key, legacy_resources(c->arena, type)));
	for (size_t i = 0; i < commands.count; i++)
		sum = join(h->key, sum, hash_str(h->key, commands.items[i]));
	return sum;
}

struct str legacy_launch(
	const struct child_context *c, const struct ray_group *type, const struct legacy_head *head)
{
	static const struct hash_key KEYS[] = {{1, 2}, {3, 4}};
	const struct hashing first = {c->arena, &KEYS[0]}, second = {c->arena, &KEYS[1]};
	const unsigned long long a = hash_type(&first, c, type), b = hash_type(&second, c, type);

	if (head == NULL)
		return arena_printf(c->arena, "%016llx%016llx", a, b);
	const unsigned long long of =
		join(&KEYS[0], hash_str(&KEYS[0], head->ip), hash_str(&KEYS[0], head->uid));

	return arena_printf(c->arena, "%016llx%016llx-%016llx", a, b, of);
}

static bool is_hex(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789abcdef", text.at[i]) == NULL)
			return false;
	}
	return true;
}

/* The operator of 2022 wrote 40 digits there. */
static bool is_ours(struct str label)
{
	if (label.len == SPEC_LEN)
		return is_hex(label);
	return label.len == SPEC_LEN + 1 + HEAD_LEN && label.at[SPEC_LEN] == '-' &&
	       is_hex((struct str){label.at, SPEC_LEN}) &&
	       is_hex(str_from_offset(label, SPEC_LEN + 1));
}

enum legacy_match legacy_launch_compare(struct str found, struct str now)
{
	if (!is_ours(found))
		return LEGACY_FOREIGN;
	if (!str_eq(str_from_offset(found, SPEC_LEN), str_from_offset(now, SPEC_LEN)))
		return LEGACY_OTHER_HEAD;
	return memcmp(found.at, now.at, SPEC_LEN) == 0 ? LEGACY_SAME : LEGACY_OTHER_SPEC;
}
