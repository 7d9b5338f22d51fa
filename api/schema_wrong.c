/* Values of the wrong type: what they are, and how they have to be written. */
#include <string.h>

#include "api/schema_value.h"

enum { TEXT_MAX = 60 }; /* bytes of a value that a message repeats */

static const char *const WANTED[] = {
	[SCHEMA_WANTED_STRING] = "a string",
	[SCHEMA_WANTED_BOOL] = "true or false",
	[SCHEMA_WANTED_INTEGER] = "an integer",
	[SCHEMA_WANTED_NUMBER] = "a number",
	[SCHEMA_WANTED_QUANTITY] = "a quantity such as \"500m\" or \"2Gi\"",
	[SCHEMA_WANTED_INT_OR_STRING] = "an integer or a string",
	[SCHEMA_WANTED_STRINGS] = "a list of strings",
	[SCHEMA_WANTED_INTEGERS] = "a list of integers",
	[SCHEMA_WANTED_STRING_MAP] = "a map of strings",
	[SCHEMA_WANTED_RESOURCES] = "a map of resource names to quantities",
	[SCHEMA_WANTED_LIST] = "a list",
	[SCHEMA_WANTED_OBJECT] = "an object",
};

static const char *kind_words(enum json_kind kind)
{
	switch (kind) {
	case JSON_NULL:
		return "null";
	case JSON_FALSE:
	case JSON_TRUE:
		return "a boolean";
	case JSON_NUMBER:
		return "a number";
	case JSON_STRING:
		return "a string";
	case JSON_ARRAY:
		return "a list";
	case JSON_OBJECT:
	case JSON_SKIPPED:
		return "an object";
	}
	return "nothing";
}

/* What is wanted, in quotes. */
static bool is_quoted(const struct json_node *node, enum schema_wanted wanted)
{
	const struct str text = {node->at, node->len};
	int64_t number;

	if (!json_is(node, JSON_STRING))
		return false;
	if (wanted == SCHEMA_WANTED_BOOL)
		return str_is(text, "true") || str_is(text, "false");
	return (wanted == SCHEMA_WANTED_INTEGER || wanted == SCHEMA_WANTED_NUMBER) &&
	       str_to_i64(text, &number);
}

/*
 * The word to quote, if it is known: YAML makes 10 of 012 and of 0xA, 2.1 of 2.10 and true of yes,
 * so that a review cannot tell what stood in the file.
 */
static struct str spelling(const struct schema_decoder *d, const struct json_node *node)
{
	return d->spelling ? d->spelling->of(d->spelling->context, node) : (struct str){0};
}

struct str schema_text(const struct schema_decoder *d, const struct json_node *node)
{
	const struct str word = spelling(d, node);

	return word.len ? word : json_raw(node);
}

static bool is_boolean(const struct json_node *node)
{
	return node->kind == JSON_TRUE || node->kind == JSON_FALSE;
}

static bool can_be_shown(const struct json_node *node)
{
	return json_is(node, JSON_STRING) && !node->escaped && node->len > 0 &&
	       node->len <= TEXT_MAX;
}

static const char *for_string(
	const struct schema_decoder *d, const struct json_node *node, const struct field_path *at)
{
	const struct str word = node->kind < JSON_ARRAY ? spelling(d, node) : (struct str){0};

	if (word.len)
		return arena_printf(d->arena, "write \"%.*s\" in quotes", STR_ARG(word)).at;
	if (node->kind == JSON_NUMBER)
		return d->spelling ? "put it in quotes, as you mean it"
				   : "put it in quotes, as it stands in your file";
	if (is_boolean(node))
		return "put it in quotes (bare yes, no, on and off are booleans in YAML, too)";
	/* In a map it is rarely meant as text. */
	return at->step == FIELD_STEP_KEY ? "" : "put it in quotes, or into the lines below a |";
}

static const char *for_strings(
	const struct schema_decoder *d, const struct json_node *node, const struct field_path *at)
{
	const bool command = at->step == FIELD_STEP_NAME &&
			     (strcmp(at->name, "command") == 0 || strcmp(at->name, "args") == 0);

	if (node->kind != JSON_STRING)
		return "";
	if (command)
		return "write it word by word, as [\"sh\", \"-c\", \"sleep 5\"]";
	if (!can_be_shown(node))
		return "put it in brackets, as [\"a\", \"b\"]";
	return arena_printf(d->arena, "write [\"%.*s\"]", (int)node->len, node->at).at;
}

/* A list where there should be a mapping. */
static const char *for_mapping(const struct json_node *node, bool may_be_empty)
{
	if (node->kind != JSON_ARRAY)
		return "";
	if (json_count(node))
		return "leave out the '- ' in front";
	return may_be_empty ? "write {} for none" : "";
}

static const char *without_quotes(const struct schema_decoder *d, const struct json_node *node)
{
	return arena_printf(d->arena, "write %.*s without quotes", (int)node->len, node->at).at;
}

static const char *advice(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, enum schema_wanted wanted)
{
	switch (wanted) {
	case SCHEMA_WANTED_STRING:
		return for_string(d, node, at);
	case SCHEMA_WANTED_STRINGS:
		return for_strings(d, node, at);
	case SCHEMA_WANTED_OBJECT:
		return for_mapping(node, false);
	case SCHEMA_WANTED_STRING_MAP:
	case SCHEMA_WANTED_RESOURCES:
		return for_mapping(node, true);
	case SCHEMA_WANTED_BOOL:
	case SCHEMA_WANTED_INTEGER:
	case SCHEMA_WANTED_NUMBER:
		return is_quoted(node, wanted) ? without_quotes(d, node) : "";
	case SCHEMA_WANTED_QUANTITY:
	case SCHEMA_WANTED_INT_OR_STRING:
	case SCHEMA_WANTED_INTEGERS:
	case SCHEMA_WANTED_LIST:
		break;
	}
	return "";
}

static void report(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, enum schema_wanted wanted, const char *way)
{
	const struct field_fact wrong =
		schema_fact(SCHEMA_RULE_TYPE, FIELD_TYPE_INVALID, FIELD_READS(node));
	const bool fraction = wanted == SCHEMA_WANTED_INTEGER && node->kind == JSON_NUMBER;

	field_add(d->errors, at, &wrong, "must be %s, is %s%s%s%s", WANTED[wanted],
		kind_words(json_kind(node)), fraction ? " with a fraction" : "", *way ? ": " : "",
		way);
}

void schema_wrong_type(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, enum schema_wanted wanted)
{
	report(d, node, at, wanted, advice(d, node, at, wanted));
}

void schema_value_wrong(
	const struct schema_decoder *d, const struct schema_value *v, enum schema_wanted wanted)
{
	schema_wrong_type(d, v->node, SCHEMA_AT(v), wanted);
}

void schema_wrong_list(const struct schema_decoder *d, const struct schema_value *v)
{
	const struct str label = v->row->of->label;
	const char *way = "";

	if (v->node->kind == JSON_OBJECT)
		way = label.len ? arena_printf(d->arena, "begin each item with '- %.*s:'",
					  STR_ARG(label))
					  .at
				: "begin each item with '- '";
	else if (label.len && can_be_shown(v->node))
		way = arena_printf(d->arena, "write '- %.*s: %.*s'", STR_ARG(label),
			(int)v->node->len, v->node->at)
			      .at;
	report(d, v->node, SCHEMA_AT(v), SCHEMA_WANTED_LIST, way);
}

static bool has_row(const struct schema *schema, const char *key)
{
	for (size_t i = 0; i < schema->count; i++) {
		if (strcmp(schema->fields[i].key, key) == 0)
			return true;
	}
	return false;
}

/* A port's number alone: 6379 or "6379". */
static const char *for_port(
	const struct schema_decoder *d, const struct schema *schema, const struct json_node *node)
{
	const char *const key = has_row(schema, "containerPort") ? "containerPort" : "port";
	const struct str text = {node->at, node->len};
	int64_t number;

	if (!has_row(schema, key) || node->kind >= JSON_ARRAY || !str_to_i64(text, &number))
		return "";
	return arena_printf(d->arena, "write '%s: %.*s'", key, STR_ARG(text)).at;
}

/* What has a value or names where it comes from: a variable, a user or a password. */
static const char *for_value(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *node, bool item)
{
	const struct str text = {node->at, node->len};
	const size_t sign = str_find(text, '=');

	if (!has_row(schema, "valueFrom") || !can_be_shown(node))
		return "";
	if (!item)
		return "write value or valueFrom below it, for a password valueFrom with a "
		       "secretKeyRef";
	if (sign == 0 || sign == text.len)
		return "";
	return arena_printf(d->arena, "write 'name: %.*s' and 'value: %.*s'", (int)sign, text.at,
		STR_ARG(str_from_offset(text, sign + 1)))
		.at;
}

void schema_wrong_object(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *node, const struct field_path *at)
{
	const bool item = at && at->step == FIELD_STEP_INDEX;
	const char *way = advice(d, node, at, SCHEMA_WANTED_OBJECT);

	if (*way == '\0')
		way = for_value(d, schema, node, item);
	if (*way == '\0' && item)
		way = for_port(d, schema, node);
	if (*way == '\0' && item && schema->label.len && can_be_shown(node))
		way = arena_printf(d->arena, "write '%.*s: %.*s'", STR_ARG(schema->label),
			(int)node->len, node->at)
			      .at;
	report(d, node, at, SCHEMA_WANTED_OBJECT, way);
}

/* Of a device plugin, or a count of objects: names with a slash, and pods. */
static bool is_whole(struct str name)
{
	return str_contains(name, "/") || str_is(name, "pods");
}

static bool is_in_bytes(struct str name)
{
	return str_ends(name, "memory") || str_ends(name, "storage") ||
	       str_contains(name, "hugepages-");
}

struct str schema_fraction(
	const struct schema_decoder *d, const struct json_node *node, const struct field_path *at)
{
	const struct str name = at->step == FIELD_STEP_KEY ? at->key : STR("");
	struct quantity value;
	struct err ignored;

	if (!json_is(node, JSON_NUMBER) || !quantity_read(node, &value, &ignored) ||
		quantity_is_whole(value) || quantity_is_negative(value))
		return STR("");
	const struct quantity below = {.nano = value.nano - value.nano % quantity_whole(1).nano};

	if (is_whole(name))
		return arena_printf(d->arena,
			"is a number with a fraction, which the schema refuses: it must be whole: "
			"%s or %s",
			quantity_print_count(below).at,
			quantity_print_count(quantity_add(below, quantity_whole(1))).at);
	if (!is_in_bytes(name))
		return STR("");
	const struct str raw = json_raw(node);
	const bool plain = !str_contains(raw, "e") && !str_contains(raw, "E");

	return arena_printf(d->arena,
		"is a number with a fraction, which the schema refuses: write it as a string with "
		"a unit, such as \"%.*sGi\"",
		STR_ARG(plain ? raw : STR("1.5")));
}
