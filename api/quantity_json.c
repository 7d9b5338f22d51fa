#include "api/quantity.h"
#include "api/quantity_fault.h"
#include "base/mem.h"

/* An escaped string is unescaped only to be read; long ones are no quantities anyway. */
enum { SCRATCH = 256 };

static bool with_text(const struct json_node *node, bool (*use)(struct str, void *), void *context)
{
	struct arena arena;

	if (!node->escaped)
		return use((struct str){node->at, node->len}, context);
	arena_init(&arena, SCRATCH);
	const bool used = use(json_str(&arena, node), context);

	arena_done(&arena);
	return used;
}

struct reading {
	struct quantity *out;
	struct err *err;
};

static bool read_text(struct str text, void *context)
{
	const struct reading *const reading = context;

	return quantity_parse(str_trim(text), reading->out, reading->err);
}

bool quantity_read(const struct json_node *node, struct quantity *out, struct err *err)
{
	if (json_is(node, JSON_NUMBER))
		return quantity_parse((struct str){node->at, node->len}, out, err);
	if (json_is(node, JSON_STRING))
		return with_text(node, read_text, &(struct reading){out, err});
	return err_set(err, ERR_INVALID, "is not a quantity such as \"500m\" or 4");
}

static size_t skip_digits(struct str text, size_t at)
{
	while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9')
		at++;
	return at;
}

static bool is_any(struct str text, size_t at, const char *set)
{
	for (; at < text.len && *set; set++) {
		if (*set == text.at[at])
			return true;
	}
	return false;
}

/* An optional sign, and digits with at most one point and at least one digit; 0 when not there. */
static size_t skip_number(struct str text, size_t at)
{
	const size_t start = at + is_any(text, at, "+-");
	const size_t point = skip_digits(text, start);

	if (!is_any(text, point, "."))
		return point > start ? point : 0;
	const size_t end = skip_digits(text, point + 1);

	return point > start || end > point + 1 ? end : 0;
}

bool quantity_text_fits_schema(struct str text)
{
	const size_t at = skip_number(text, 0);

	if (at == 0 || at == text.len)
		return at != 0;
	if (at + 2 == text.len && is_any(text, at, "KMGTPE") && text.at[at + 1] == 'i')
		return true;
	if (at + 1 == text.len)
		return is_any(text, at, "numkMGTPE");
	return is_any(text, at, "eE") && skip_number(text, at + 1) == text.len;
}

static bool check_text(struct str text, void *context)
{
	struct err *const err = context;
	struct quantity ignored;

	if (quantity_text_fits_schema(text))
		return true;
	/* Some of what the schema refuses can be read: then there is no better reason to give. */
	if (!quantity_parse(text, &ignored, err))
		return false;
	return err_set(err, ERR_INVALID, "has no digits, which the schema asks for");
}

bool quantity_fits_schema(const struct json_node *node, struct err *err)
{
	struct quantity value;
	int64_t whole;

	if (json_is(node, JSON_STRING))
		return with_text(node, check_text, err);
	if (!json_is(node, JSON_NUMBER))
		return err_set(err, ERR_INVALID, "is not a quantity such as \"500m\" or 4");
	if (json_i64(node, &whole))
		return true;
	if (!quantity_parse((struct str){node->at, node->len}, &value, err))
		return false;
	if (quantity_is_negative(value))
		return err_set(err, ERR_INVALID, "must be 0 or more");
	if (quantity_is_whole(value) || quantity_is_unbounded(value))
		return err_set(err, ERR_INVALID,
			"is a number larger than the schema takes: write a smaller amount");
	/* In the form that every reader of quantities takes, those of the legacy operator, too. */
	return err_set(err, ERR_INVALID,
		"is a number with a fraction, which the schema refuses: write %s",
		quantity_print_count(value).at);
}

bool quantity_read_fitting(const struct json_node *node, struct quantity *out, struct err *err)
{
	const bool text = node->kind == JSON_STRING && !node->escaped;

	/* Digits with a usual suffix fit the schema, as a number and in quotes. */
	if ((text || node->kind == JSON_NUMBER) &&
		quantity_parse_plain((struct str){node->at, node->len}, out))
		return true;
	return quantity_read(node, out, err) && quantity_fits_schema(node, err);
}
