#include "validators/check.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/hash.h"

enum { ANNOTATIONS_MAX = 256 * 1024 }; /* bytes of keys and values together */

struct str check_text(const struct rule_context *c, const struct json_node *object, const char *key)
{
	return json_str(c->arena, json_get(object, key));
}

bool check_flag(const struct json_node *object, const char *key)
{
	return json_is(json_get(object, key), JSON_TRUE);
}

/* Where a name is proposed, the general example is left out. */
static int length_without_example(const char *fault)
{
	const char *const example = strstr(fault, ", like '");

	return (int)(example ? (size_t)(example - fault) : strlen(fault));
}

/* A number that lacks its quotes, as the decoder says, has to be a name all the same. */
static inline struct str name_text(const struct rule_context *c, const struct json_node *node)
{
	return json_is(node, JSON_STRING) ? json_str(c->arena, node) : json_raw(node);
}

NOINLINE COLD static void name_is_wrong(const struct rule_context *c, const struct field_path *at,
	const struct json_node *node, enum name_kind kind)
{
	const struct str name = name_text(c, node);
	const char *const fault = names_fault(kind, name);
	const struct str near = names_suggest(c->arena, name, kind);

	if (near.len && near.len <= NAMES_LABEL_MAX)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node), "%.*s; \"%.*s\" would do",
			length_without_example(fault), fault, STR_ARG(near));
	else
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node), "%s", fault);
}

void check_name(const struct rule_context *c, const struct field_path *at,
	const struct json_node *node, enum name_kind kind)
{
	if ((json_is(node, JSON_STRING) || json_is(node, JSON_NUMBER)) &&
		names_fault(kind, name_text(c, node)))
		name_is_wrong(c, at, node, kind);
}

void check_member_name(const struct rule_context *c, const struct schema_object *up,
	const char *key, enum name_kind kind)
{
	check_name(c, FIELD_CHILD(up->at, key), json_get(up->node, key), kind);
}

void check_reference(const struct rule_context *c, const struct schema_object *up, const char *key,
	enum name_kind kind)
{
	const struct json_node *const name = json_get(up->node, key);

	if (!json_is(up->node, JSON_OBJECT))
		return;
	if (!json_present(name) || json_str_is(name, STR("")))
		rule_found(c, FIELD_CHILD(up->at, key), FIELD_REQUIRED, FIELD_READS(name),
			"must say which one is meant");
	else
		check_name(c, FIELD_CHILD(up->at, key), name, kind);
}

void check_given(const struct rule_context *c, const struct schema_object *up, const char *key,
	const char *what)
{
	const struct json_node *const node = json_get(up->node, key);

	if (json_str_is(node, STR("")) || (json_is(node, JSON_ARRAY) && json_count(node) == 0))
		rule_found(
			c, FIELD_CHILD(up->at, key), FIELD_REQUIRED, FIELD_READS(node), "%s", what);
}

/* Kubernetes still reads IPv4 octets with zeros in front, which inet_pton does not. */
static bool is_ip(struct str text)
{
	char plain[64];
	char address[16];
	size_t len = 0;

	if (text.len >= sizeof(plain))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const bool first =
			i == 0 || text.at[i - 1] == '.' || (len && plain[len - 1] == '.');
		const bool digits_follow =
			i + 1 < text.len && text.at[i + 1] >= '0' && text.at[i + 1] <= '9';

		if (!(first && text.at[i] == '0' && digits_follow))
			plain[len++] = text.at[i];
	}
	plain[len] = '\0';
	return inet_pton(AF_INET, plain, address) == 1 || inet_pton(AF_INET6, plain, address) == 1;
}

void check_ip(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node)
{
	if (json_is(node, JSON_STRING) && !is_ip(json_str(c->arena, node)))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node),
			"must be an IP address, like 10.9.8.7 or 2001:db8::ffff");
}

void check_names(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, enum name_kind kind)
{
	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		check_name(c, FIELD_INDEX(at, it.index), it.value, kind);
}

void check_label_map(
	const struct rule_context *c, const struct field_path *at, const struct json_node *map)
{
	if (!json_is(map, JSON_OBJECT))
		return;
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		const struct field_path *const here = FIELD_KEY(at, json_str(c->arena, it.key));

		check_name(c, here, it.key, NAME_QUALIFIED);
		check_name(c, here, it.value, NAME_LABEL_VALUE);
	}
}

static void check_requirement(const struct rule_context *c, const struct field_path *at,
	const struct json_node *requirement)
{
	const struct json_node *const operator= json_get(requirement, "operator");
	const struct json_node *const values = json_get(requirement, "values");
	const size_t count = json_count(values);

	check_name(c, FIELD_CHILD(at, "key"), json_get(requirement, "key"), NAME_QUALIFIED);
	if ((json_str_is(operator, STR("In")) || json_str_is(operator, STR("NotIn"))) && !count)
		rule_found(c, FIELD_CHILD(at, "values"), FIELD_REQUIRED,
			FIELD_READS(values, operator),
			"must name at least one value with In and NotIn");
	if ((json_str_is(operator, STR("Exists")) || json_str_is(operator, STR("DoesNotExist"))) &&
		count)
		rule_found(c, FIELD_CHILD(at, "values"), FIELD_FORBIDDEN,
			FIELD_READS(values, operator),
			"must be left out with Exists and DoesNotExist: remove the values, or use "
			"In");
	check_names(c, FIELD_CHILD(at, "values"), values, NAME_LABEL_VALUE);
}

void check_annotation_map(
	const struct rule_context *c, const struct field_path *at, const struct json_node *map)
{
	size_t bytes = 0;

	if (!json_is(map, JSON_OBJECT))
		return;
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		const struct str key = json_str(c->arena, it.key);

		check_name(c, FIELD_KEY(at, key), it.key, NAME_ANNOTATION_KEY);
		bytes += key.len + json_str(c->arena, it.value).len;
	}
	if (bytes > ANNOTATIONS_MAX)
		rule_found(c, at, FIELD_TOO_LONG, FIELD_READS(map),
			"must be at most 262144 bytes together, are %zu", bytes);
}

void check_label_selector(
	const struct rule_context *c, const struct field_path *at, const struct json_node *selector)
{
	const struct json_node *const expressions = json_get(selector, "matchExpressions");
	const struct field_path *const list = FIELD_CHILD(at, "matchExpressions");

	check_label_map(c, FIELD_CHILD(at, "matchLabels"), json_get(selector, "matchLabels"));
	if (!json_is(expressions, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(expressions); json_next_item(&it);)
		check_requirement(c, FIELD_INDEX(list, it.index), it.value);
}

void check_range(const struct rule_context *c, const struct schema_object *up, const char *key,
	int64_t min, int64_t max)
{
	const struct json_node *const node = json_get(up->node, key);
	int64_t value;

	if (!json_is(node, JSON_NUMBER) || !json_i64(node, &value) ||
		(value >= min && value <= max))
		return;
	if (value < min && max >= INT32_MAX)
		rule_found(c, FIELD_CHILD(up->at, key), FIELD_INVALID, FIELD_READS(node),
			"must be %lld or more", (long long)min);
	else
		rule_found(c, FIELD_CHILD(up->at, key), FIELD_INVALID, FIELD_READS(node),
			"must be between %lld and %lld", (long long)min, (long long)max);
}

bool check_goes_up(struct str path)
{
	while (path.len) {
		if (str_is(str_cut(&path, '/'), ".."))
			return true;
	}
	return false;
}

void check_local_path(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node)
{
	if (!json_is(node, JSON_STRING))
		return;
	const struct str path = json_str(c->arena, node);

	if (str_starts(path, "/"))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node),
			"must be a relative path: write it without the leading \"/\"");
	if (check_goes_up(path))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node),
			"must not contain \"..\": it has to stay inside");
}

struct str check_list(struct arena *arena, const char *const *words)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; words[i]; i++) {
		if (i)
			buf_add_cstr(&text, words[i + 1] ? ", " : " or ");
		buf_add_cstr(&text, words[i]);
	}
	return arena_str(arena, buf_str(&text));
}

struct str check_meant(struct arena *arena, struct str word, const char *const *words)
{
	const char *const meant = str_meant(word, words);

	return meant ? arena_printf(arena, "; did you mean \"%s\"?", meant) : STR("");
}

void check_word(const struct rule_context *c, const struct field_path *at,
	const struct json_node *node, const char *const *words)
{
	if (!json_is(node, JSON_STRING))
		return;
	for (size_t i = 0; words[i]; i++) {
		if (json_str_is(node, str_from(words[i])))
			return;
	}
	rule_found(c, at, FIELD_NOT_SUPPORTED, FIELD_READS(node), "must be %.*s%.*s",
		STR_ARG(check_list(c->arena, words)),
		STR_ARG(check_meant(c->arena, json_str(c->arena, node), words)));
}

size_t check_one_of(const struct rule_context *c, const struct schema_object *up,
	const char *const *keys, bool needed)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; keys[i]; i++) {
		const struct json_node *const node = json_get(up->node, keys[i]);

		if (!json_present(node))
			continue;
		if (count++ == 0)
			first = keys[i];
		else
			rule_found(c, FIELD_CHILD(up->at, keys[i]), FIELD_FORBIDDEN,
				FIELD_READS(node, json_get(up->node, first)),
				"only one kind may stand here, and \"%s\" is there already: remove "
				"one of "
				"them",
				first);
	}
	if (count == 0 && needed)
		rule_found(c, up->at, FIELD_REQUIRED, FIELD_READS(NULL), "must have one of %.*s",
			STR_ARG(check_list(c->arena, keys)));
	return count;
}

struct twin {
	uint64_t number;
	size_t index;
};

static int by_number_then_index(const void *a, const void *b)
{
	const struct twin *const x = a;
	const struct twin *const y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* So few are compared each with those before it. */
enum { FEW = 8 };

const size_t *check_twin_numbers(struct arena *arena, const uint64_t *numbers, size_t count)
{
	size_t *const firsts = arena_array(arena, count + 1, sizeof(*firsts));

	if (count <= FEW) {
		for (size_t i = 0; i < count; i++) {
			while (numbers[firsts[i]] != numbers[i])
				firsts[i]++;
		}
		return firsts;
	}
	struct twin *const twins = arena_array(arena, count + 1, sizeof(*twins));

	for (size_t i = 0; i < count; i++)
		twins[i] = (struct twin){numbers[i], i};
	qsort(twins, count, sizeof(*twins), by_number_then_index);
	for (size_t i = 0, first = 0; i < count; i++) {
		if (twins[i].number != twins[first].number)
			first = i;
		firsts[twins[i].index] = twins[first].index;
	}
	return firsts;
}

const size_t *check_twin_texts(struct arena *arena, const struct str *texts, size_t count)
{
	if (count > FEW) {
		uint64_t *const hashes = arena_array(arena, count, sizeof(*hashes));

		for (size_t i = 0; i < count; i++)
			hashes[i] = hash_str(hash_process_key(), texts[i]);
		return check_twin_numbers(arena, hashes, count);
	}
	size_t *const firsts = arena_array(arena, FEW, sizeof(*firsts));

	for (size_t i = 0; i < count; i++) {
		while (!str_eq(texts[firsts[i]], texts[i]))
			firsts[i]++;
	}
	return firsts;
}

void check_unique_member(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, const char *key)
{
	const size_t count = json_is(list, JSON_ARRAY) ? json_count(list) : 0;

	if (count < 2)
		return;
	const struct json_node **const nodes = arena_array(c->arena, count, sizeof(const void *));
	struct str *const texts = arena_array(c->arena, count, sizeof(*texts));

	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		nodes[it.index] = json_get(it.value, key);
		texts[it.index] = json_str(c->arena, nodes[it.index]);
	}
	const size_t *const firsts = check_twin_texts(c->arena, texts, count);

	for (size_t i = 0; i < count; i++) {
		if (firsts[i] != i && json_is(nodes[i], JSON_STRING))
			rule_found(c, FIELD_CHILD(FIELD_INDEX(at, i), key), FIELD_DUPLICATE,
				FIELD_READS(nodes[i], nodes[firsts[i]]),
				"item %zu has the same %s: remove one of them", firsts[i], key);
	}
}

static void each_of_list(
	const struct rule_context *c, const container_list *list, rule_container_fn *check)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].self.node)
			check(c, &list->items[i]);
	}
}

static void each_of_pod(
	const struct rule_context *c, const struct pod_template *template, rule_container_fn *check)
{
	each_of_list(c, &template->spec.containers, check);
	each_of_list(c, &template->spec.init_containers, check);
}

void check_each_container(
	const struct rule_context *c, const struct ray_object *object, rule_container_fn *check)
{
	const struct rule_groups groups = rule_groups(c);

	for (size_t i = 0; i < groups.count; i++)
		each_of_pod(c, &groups.items[i]->template, check);
	if (object->job)
		each_of_pod(c, &object->job->submitter_template, check);
}
