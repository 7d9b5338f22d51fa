#include "api/names.h"

#include <string.h>

#include "api/name_shape.h"
#include "api/unfilled.h"
#include "base/buf.h"

static char lower(char c)
{
	return name_class(c) == NAME_UPPER ? (char)(c - 'A' + 'a') : c;
}

/* Appends what of `bad` may be inside a name; runs of anything else become one filler. */
static void add_allowed(struct buf *out, struct str bad, const struct name_shape *shape)
{
	const bool has_case = shape->inner & NAME_UPPER;

	for (size_t i = 0; i < bad.len; i++) {
		const char c = has_case ? bad.at[i] : lower(bad.at[i]);

		if (name_class(c) & shape->inner)
			buf_add_char(out, c);
		else if (out->len == 0 || out->at[out->len - 1] != shape->filler)
			buf_add_char(out, shape->filler);
	}
}

static struct str without_wrong_ends(struct str name, const struct name_shape *shape)
{
	while (name.len && !(name_class(name.at[0]) & shape->first))
		name = str_from_offset(name, 1);
	while (name.len && !(name_class(name.at[name.len - 1]) & shape->last))
		name.len--;
	return name;
}

/* A digit in front is kept behind something that may stand there. */
static const char *lead_of(struct str bad, const struct name_shape *shape)
{
	if (bad.len == 0 || name_class(bad.at[0]) != NAME_DIGIT || shape->first & NAME_DIGIT)
		return "";
	return shape->filler == '_' ? "_" : "r";
}

static struct str suggest_shape(struct arena *arena, struct str bad, const struct name_shape *shape)
{
	struct buf text CLEANUP(buf_done) = {0};

	buf_add_cstr(&text, lead_of(bad, shape));
	add_allowed(&text, bad, shape);
	struct str name = without_wrong_ends(buf_str(&text), shape);

	if (shape->max && name.len > shape->max)
		name = without_wrong_ends((struct str){name.at, shape->max}, shape);
	return arena_str(arena, name);
}

/* Part by part; empty parts fall away. */
static struct str suggest_subdomain(struct arena *arena, struct str bad)
{
	const struct name_shape *const shape = name_shape(NAME_DNS1123_SUBDOMAIN);
	struct buf text CLEANUP(buf_done) = {0};

	while (bad.len) {
		const size_t dot = str_find(bad, '.');
		const struct str part = suggest_shape(arena, (struct str){bad.at, dot}, shape);

		if (part.len && text.len)
			buf_add_char(&text, '.');
		buf_add(&text, part);
		bad = str_from_offset(bad, dot < bad.len ? dot + 1 : dot);
	}
	struct str name = buf_str(&text);

	if (name.len > shape->max)
		name = without_wrong_ends((struct str){name.at, shape->max}, shape);
	return arena_str(arena, name);
}

static struct str suggest_qualified(struct arena *arena, struct str bad)
{
	const size_t slash = str_find(bad, '/');
	const struct name_shape *const shape = name_shape(NAME_LABEL_VALUE);

	if (slash == bad.len)
		return suggest_shape(arena, bad, shape);
	const struct str prefix = suggest_subdomain(arena, (struct str){bad.at, slash});
	const struct str last = suggest_shape(arena, str_from_offset(bad, slash + 1), shape);

	if (prefix.len == 0 || last.len == 0)
		return prefix.len ? prefix : last;
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(last));
}

/* Hyphens stand alone in a port's name, and not at its ends. */
static struct str suggest_port(struct arena *arena, struct str bad)
{
	struct name_shape shape = *name_shape(NAME_PORT);
	struct buf text CLEANUP(buf_done) = {0};

	shape.max = 0;
	const struct str name = suggest_shape(arena, bad, &shape);

	for (size_t i = 0; i < name.len && text.len < NAMES_PORT_MAX; i++) {
		if (name.at[i] != '-' || (text.len && text.at[text.len - 1] != '-'))
			buf_add_char(&text, name.at[i]);
	}
	if (text.len && text.at[text.len - 1] == '-')
		text.len--;
	return arena_str(arena, buf_str(&text));
}

static struct str suggest(struct arena *arena, struct str bad, enum name_kind kind)
{
	const struct name_shape *shape = name_shape(kind);

	switch (kind) {
	case NAME_QUALIFIED:
	case NAME_ANNOTATION_KEY:
		return suggest_qualified(arena, bad);
	case NAME_DNS1123_SUBDOMAIN:
		return suggest_subdomain(arena, bad);
	case NAME_PORT:
		return suggest_port(arena, bad);
	case NAME_ENV_RELAXED:
		shape = name_shape(NAME_ENV);
		break;
	case NAME_DNS1035_LABEL:
	case NAME_DNS1123_LABEL:
	case NAME_LABEL_VALUE:
	case NAME_ENV:
	case NAME_C_IDENTIFIER:
	case NAME_CONFIG_KEY:
	case NAME_HTTP_HEADER:
	case NAME_PERCENT:
	case NAME_ABSOLUTE_PATH:
	case NAME_RELATIVE_PATH:
	case NAME_KINDS:
		break;
	}
	return shape->wrong ? suggest_shape(arena, bad, shape) : (struct str){"", 0};
}

struct str names_suggest(struct arena *arena, struct str bad, enum name_kind kind)
{
	if (names_fault(kind, bad) == NULL)
		return arena_str(arena, bad);
	/* What $NAME or <name> is to become is not known. */
	if (unfilled_is_in(bad))
		return (struct str){"", 0};
	const struct str name = suggest(arena, bad, kind);

	/* An empty label's value would be valid, but it is nobody's wish. */
	if (name.len == 0 || names_fault(kind, name))
		return (struct str){"", 0};
	return name;
}
