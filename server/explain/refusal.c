#include "server/explain/refusal.h"

#include <string.h>

#include "base/attr.h"
#include "server/plan/round.h"

static const struct {
	const char *verb, *participle;
} VERBS[] = {
	{"delete", "deleted"}, {"adopt", "adopted"}, {"release", "released"}, {"patch", "patched"}};

/* Takes the word and the blank behind it off the front. */
static bool take(struct str *rest, const char *word)
{
	const size_t len = strlen(word);

	if (!str_starts(*rest, word) || rest->len <= len || rest->at[len] != ' ')
		return false;
	*rest = str_from_offset(*rest, len + 1);
	return true;
}

static bool take_name(struct str *rest, struct str *name)
{
	if (!str_starts(*rest, "\""))
		return false;
	for (size_t end = 1; end + 2 < rest->len; end++) {
		if (memcmp(rest->at + end, "\": ", 3) != 0)
			continue;
		*name = (struct str){rest->at + 1, end - 1};
		return true;
	}
	return false;
}

/* `[delete |adopt |release |patch ]KIND [of ]"NAME": ` */
static bool begins(struct str text, struct refusal *out)
{
	*out = (struct refusal){0};
	for (size_t i = 0; i < ARRAY_LEN(VERBS) && out->verb.len == 0; i++) {
		if (take(&text, VERBS[i].verb))
			out->verb = str_from(VERBS[i].verb);
	}
	for (size_t i = 0; i < CHILD_KINDS && out->kind.len == 0; i++) {
		if (take(&text, CHILD_KIND_NAMES[i]))
			out->kind = str_from(CHILD_KIND_NAMES[i]);
	}
	take(&text, "of");
	if (out->kind.len && take_name(&text, &out->name))
		return true;
	*out = (struct refusal){0};
	return false;
}

bool refusal_next(struct str *rest, struct refusal *out)
{
	static const char MARK[] = "; ";
	struct refusal next;
	size_t end = 0;

	begins(*rest, out);
	while (end < rest->len && !(str_starts(str_from_offset(*rest, end), MARK) &&
					  begins(str_from_offset(*rest, end + 2), &next)))
		end++;
	out->text = (struct str){rest->at, end};
	*rest = str_from_offset(*rest, end < rest->len ? end + 2 : end);
	return out->text.len > 0;
}

const char *refusal_participle(const struct refusal *r)
{
	for (size_t i = 0; i < ARRAY_LEN(VERBS); i++) {
		if (str_is(r->verb, VERBS[i].verb))
			return VERBS[i].participle;
	}
	return "made";
}

bool refusal_is_of_pods(const struct refusal *r)
{
	return r->verb.len == 0 && (r->kind.len == 0 || str_is(r->kind, "Pod"));
}
