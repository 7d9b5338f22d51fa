#include "api/unfilled.h"

#include <string.h>

enum { LOOKED_AT = 256 }; /* bytes: a longer text is a script, or a page of JSON */

static bool is_letter(char c)
{
	const char lower = (char)(c | 0x20);

	return (lower >= 'a' && lower <= 'z') || c == '_';
}

/* ${NAME}, ${NAME:-something} and $NAME, but not $(NAME), which is Kubernetes' own. */
static bool is_variable(struct str rest)
{
	if (rest.len < 2 || rest.at[0] != '$')
		return false;
	if (rest.at[1] != '{')
		return is_letter(rest.at[1]);
	return rest.len > 2 && is_letter(rest.at[2]) && str_find(rest, '}') < rest.len;
}

/* <your-image>, <your image>: no other bracket within. */
static bool is_bracketed(struct str rest)
{
	if (rest.at[0] != '<' || rest.len < 3 || !is_letter(rest.at[1]))
		return false;
	const size_t end = str_find(rest, '>');

	return end < rest.len && str_find(str_from_offset(rest, 1), '<') + 1 > end;
}

static bool is_template(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.at[i] == '{' && text.at[i + 1] == '{')
			return str_contains(str_from_offset(text, i + 2), "}}");
	}
	return false;
}

bool unfilled_is_in(struct str text)
{
	if (is_template(text))
		return true;
	for (size_t i = 0; i < text.len; i++) {
		const struct str rest = str_from_offset(text, i);

		if (is_variable(rest) || is_bracketed(rest))
			return true;
	}
	return false;
}

/* What a shell reads, or a program that does as one. */
static bool is_of_a_shell(const struct field_path *at)
{
	static const char *const NAMES[] = {"rayStartParams", "command", "args", "entrypoint",
		"headStartRayCommands", "workerStartRayCommands"};

	for (; at; at = at->parent) {
		for (size_t i = 0; at->step == FIELD_STEP_NAME && i < ARRAY_LEN(NAMES); i++) {
			if (strcmp(at->name, NAMES[i]) == 0)
				return true;
		}
	}
	return false;
}

bool unfilled_is_at(struct arena *arena, const struct field_path *at, const struct json_node *value)
{
	if (!json_is(value, JSON_STRING) || value->len > LOOKED_AT)
		return false;
	const struct str text = json_str(arena, value); /* the API server writes < as \u003c */

	return is_of_a_shell(at) ? is_template(text) : unfilled_is_in(text);
}
