#include "api/field.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "api/unfilled.h"
#include "base/odd_text.h"
#include "base/utf8.h"

enum {
	REMARKED_MAX = 256,  /* bytes of a value that is looked through */
	VALUE_SHOWN = 80,    /* bytes of a bad value that are shown */
	DETAIL_SHOWN = 1024, /* bytes of a check's own text */
	STEP_END = 512, /* bytes of both ends of a name that tell its place; most are shorter */
};

const struct field_path *field_path_keep(struct arena *arena, const struct field_path *path)
{
	struct field_path *const kept = arena_take(arena, sizeof(*kept));

	*kept = *path;
	return kept;
}

/* Written where it stays: a step that has just been put together is slow to copy. */
const struct field_path *field_path_child(
	struct arena *arena, const struct field_path *up, const char *member)
{
	struct field_path *const kept = arena_take(arena, sizeof(*kept));

	*kept = (struct field_path){.parent = up, .step = FIELD_STEP_NAME, .name = member};
	return kept;
}

/* As in JSON: the API server takes no warning that has a control character, and no line has two. */
static void add_plainly(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.at[i];
		const bool of_two =
			c == 0xC2 && i + 1 < text.len && (unsigned char)text.at[i + 1] < 0xA0;

		if (of_two)
			buf_printf(out, "\\u%04x", (unsigned char)text.at[++i]);
		else if (c < 0x20 || c == 0x7F)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add_char(out, text.at[i]);
	}
}

static void add_step(struct buf *out, struct str step)
{
	const size_t shown = utf8_cut(step, FIELD_STEP_SHOWN);

	if (step.at) /* NULL where the key is empty */
		add_plainly(out, (struct str){step.at, shown});
	if (shown < step.len)
		buf_add_cstr(out, "…");
}

void field_path_print(const struct field_path *path, struct buf *out)
{
	if (path == NULL)
		return;
	field_path_print(path->parent, out);
	switch (path->step) {
	case FIELD_STEP_NAME:
		if (path->parent)
			buf_add_char(out, '.');
		add_step(out, str_from(path->name));
		break;
	case FIELD_STEP_INDEX:
		buf_add_char(out, '[');
		buf_add_i64(out, (int64_t)path->index);
		buf_add_char(out, ']');
		break;
	case FIELD_STEP_KEY:
		buf_add_char(out, '[');
		add_step(out, path->key);
		buf_add_char(out, ']');
		break;
	}
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
	return hash ^ hash >> 29;
}

/* Of a long name both ends and the length: it is in the path of each finding below its item. */
static uint64_t step_hash(struct str name)
{
	if (name.len <= 2 * (size_t)STEP_END)
		return str_hash(name);
	const struct str end = str_from_offset(name, name.len - STEP_END);

	return mix(mix(str_hash((struct str){name.at, STEP_END}), str_hash(end)), name.len);
}

static uint64_t hash_place(const struct field_path *path, bool by_index)
{
	if (path == NULL)
		return 1;
	uint64_t hash = hash_place(path->parent, by_index);

	if (path->step == FIELD_STEP_NAME)
		return mix(hash, str_hash(str_from(path->name)));
	hash = mix(hash, (uint64_t)path->step);
	if (path->key.at)
		return mix(hash, step_hash(path->key));
	return by_index ? mix(hash, path->index) : hash;
}

uint64_t field_path_hash(const struct field_path *path)
{
	return hash_place(path, true);
}

uint64_t field_path_hash_moved(const struct field_path *path)
{
	return hash_place(path, false);
}

/* Per type: the cause's reason, the words in front of the detail, whether the value is shown. */
static const struct {
	const char *reason;
	const char *words;
	bool shows_value;
} TYPES[] = {
	[FIELD_INVALID] = {"FieldValueInvalid", "Invalid value", true},
	[FIELD_REQUIRED] = {"FieldValueRequired", "Required value", false},
	[FIELD_TYPE_INVALID] = {"FieldValueTypeInvalid", "Invalid value", true},
	[FIELD_NOT_SUPPORTED] = {"FieldValueNotSupported", "Unsupported value", true},
	[FIELD_DUPLICATE] = {"FieldValueDuplicate", "Duplicate value", true},
	[FIELD_FORBIDDEN] = {"FieldValueForbidden", "Forbidden", false},
	[FIELD_TOO_LONG] = {"FieldValueTooLong", "Too long", false},
	[FIELD_TOO_MANY] = {"FieldValueTooMany", "Too many", false},
	[FIELD_TOO_FEW] = {"FieldValueTooFew", "Too few", false},
	[FIELD_NOT_FOUND] = {"FieldValueNotFound", "Not found", true},
	[FIELD_INTERNAL] = {"InternalError", "Internal error", false},
};

const char *field_error_reason(enum field_error_type type)
{
	return TYPES[type].reason;
}

void field_errors_init(
	struct field_errors *errors, struct arena *arena, const struct json_node *root)
{
	*errors = (struct field_errors){.arena = arena, .root = root, .limit = FIELD_ERRORS_LIMIT};
}

/*
 * A scalar as it was written, cut where it gets long; of a list or an object nothing. Who wrote
 * < does not know it as \u003c, which an API server makes of it.
 */
static void print_value(struct buf *out, struct arena *arena, const struct json_node *node)
{
	if (node == NULL || node->kind >= JSON_ARRAY)
		return;
	buf_add_cstr(out, ": ");
	if (node->kind == JSON_STRING && node->escaped && node->len <= VALUE_SHOWN) {
		buf_add_json_str(out, json_str(arena, node));
		return;
	}
	const struct str raw = json_raw(node);
	const size_t shown = utf8_cut(raw, VALUE_SHOWN);

	buf_add(out, (struct str){raw.at, shown});
	if (shown < raw.len)
		buf_add_cstr(out, "…");
}

/* What is wrong with the value whatever the field wants of it. */
static const char *remark_on(
	struct arena *arena, const struct field_path *at, const struct json_node *value)
{
	struct odd_character odd;

	if (unfilled_is_at(arena, at, value))
		return "looks like a variable that was not filled in";
	/* A longer one is a document, of which there may be a thousand findings. */
	if (json_is(value, JSON_STRING) && value->len <= REMARKED_MAX &&
		odd_text_find(json_str(arena, value), &odd))
		return arena_printf(arena, "has a U+%04X, which looks like %s: type it anew",
			(unsigned)odd.point, odd.like)
			.at;
	return NULL;
}

static void print_detail(struct buf *out, const char *remark, const char *detail)
{
	if (remark)
		buf_printf(out, ": %s", remark);
	if (detail[0])
		buf_printf(out, remark ? " (%s)" : ": %s", detail);
}

struct field_print field_error_fingerprint(const struct field_error *error)
{
	uint64_t hash = str_hash(str_from(error->rule));
	uint64_t others = 0;

	for (size_t i = 1; i < error->reads.count; i++)
		others += mix(1, json_hash(error->reads.nodes[i]));
	if (error->reads.count)
		hash = mix(mix(hash, json_hash(error->reads.nodes[0])), others);
	return (struct field_print){mix(error->place, hash), mix(error->moved, hash)};
}

static struct field_reads keep_reads(struct arena *arena, struct field_reads reads)
{
	const struct json_node **const nodes = arena_array(arena, reads.count, sizeof(*nodes));

	for (size_t i = 0; i < reads.count; i++)
		nodes[i] = reads.nodes[i];
	return (struct field_reads){nodes, reads.count};
}

static struct str render_path(struct arena *arena, const struct field_path *at)
{
	CLEANUP(buf_done) struct buf text = {0};

	field_path_print(at, &text);
	return arena_str(arena, buf_str(&text));
}

/* Value and detail repeat what a user wrote. */
static struct str render_message(struct arena *arena, const struct field_path *at,
	const struct field_fact *fact, const char *detail)
{
	CLEANUP(buf_done) struct buf text = {0};
	CLEANUP(buf_done) struct buf plain = {0};
	const bool shows = TYPES[fact->type].shows_value && fact->reads.count;

	buf_add_cstr(&text, TYPES[fact->type].words);
	if (shows)
		print_value(&text, arena, fact->reads.nodes[0]);
	print_detail(&text, shows ? remark_on(arena, at, fact->reads.nodes[0]) : NULL, detail);
	add_plainly(&plain, buf_str(&text));
	return arena_str(arena, buf_str(&plain));
}

static bool is_share_of(const struct field_share *share, const struct field_fact *fact)
{
	return share->at_most == fact->at_most && strcmp(share->rule, fact->rule) == 0;
}

/* Rules run one after the other: the last share is nearly always the one. */
static struct field_share *share_of(struct field_errors *errors, const struct field_fact *fact)
{
	if (errors->shares == NULL)
		errors->shares =
			arena_array(errors->arena, FIELD_SHARES_MAX, sizeof(*errors->shares));
	if (errors->share_count && is_share_of(&errors->shares[errors->share_last], fact))
		return &errors->shares[errors->share_last];
	size_t i = 0;

	while (i < errors->share_count && !is_share_of(&errors->shares[i], fact))
		i++;
	assert(i < FIELD_SHARES_MAX);
	if (i == errors->share_count)
		errors->shares[errors->share_count++] =
			(struct field_share){fact->rule, fact->at_most, 0};
	errors->share_last = i;
	return &errors->shares[i];
}

void field_errors_forget(struct field_errors *errors, const struct field_errors *before)
{
	assert(before->count < before->limit);
	errors->count = before->count;
	errors->dropped = before->dropped;
	errors->share_count = before->share_count;
	errors->share_last = before->share_last;
}

static bool has_room(struct field_errors *errors, const struct field_fact *fact)
{
	if (errors->count < errors->limit)
		return true;
	if (share_of(errors, fact)->taken++ < FIELD_ERRORS_SHARE)
		return true;
	errors->dropped++;
	return false;
}

static struct field_trail *trail_of(struct field_errors *errors)
{
	if (errors->trail == NULL) {
		errors->trail = arena_alloc(errors->arena, sizeof(*errors->trail));
		*errors->trail = (struct field_trail){0};
	}
	return errors->trail;
}

static struct field_error *next_slot(struct field_errors *errors)
{
	if (errors->count == errors->cap) {
		const size_t cap = errors->cap ? errors->cap * 2 : 8;

		errors->items = arena_grow(errors->arena, errors->items,
			errors->cap * sizeof(*errors->items), cap * sizeof(*errors->items));
		errors->cap = cap;
	}
	return &errors->items[errors->count++];
}

void field_add_args(struct field_errors *errors, const struct field_path *at,
	const struct field_fact *fact, const char *format, va_list args)
{
	char detail[DETAIL_SHOWN];

	if (!has_room(errors, fact))
		return;
	vsnprintf(detail, sizeof(detail), format, args);
	detail[utf8_cut(str_from(detail), sizeof(detail) - 2)] = '\0';
	*next_slot(errors) = (struct field_error){
		.rule = fact->rule,
		.or_rule = fact->or_rule,
		.type = fact->type,
		.at_most = fact->at_most,
		.as_before = fact->as_before,
		.crd = fact->crd,
		.field = render_path(errors->arena, at),
		.message = render_message(errors->arena, at, fact, detail),
		.place = field_path_hash(at),
		.moved = field_path_hash_moved(at),
		.reads = keep_reads(errors->arena, fact->reads),
		.node = field_path_find(at, errors->root, trail_of(errors)),
	};
}

void field_add(struct field_errors *errors, const struct field_path *at,
	const struct field_fact *fact, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	field_add_args(errors, at, fact, format, args);
	va_end(args);
}

void field_errors_append(struct field_errors *errors, const struct field_errors *more)
{
	for (size_t i = 0; i < more->count; i++) {
		const struct field_error *const e = &more->items[i];

		if (has_room(errors, &(struct field_fact){.rule = e->rule, .at_most = e->at_most}))
			*next_slot(errors) = *e;
	}
}
