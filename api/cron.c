#include "api/cron.h"

#include <stddef.h>

#include "api/go_duration.h"
#include "base/attr.h"

static const char *const MONTHS[] = {
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const WEEKDAYS[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

struct field {
	int64_t min, max;
	const char *const *names; /* of min and those that follow; NULL-terminated, or NULL */
	const char *fault;
};

static const struct field FIELDS[] = {
	{0, 59, NULL, "the minute must be *, 0 to 59, a range, a list or a step"},
	{0, 23, NULL, "the hour must be *, 0 to 23, a range, a list or a step"},
	{1, 31, NULL, "the day must be *, 1 to 31, a range, a list or a step"},
	{1, 12, MONTHS, "the month must be *, 1 to 12, jan to dec, a range, a list or a step"},
	{0, 6, WEEKDAYS,
		"the weekday must be *, 0 (Sunday) to 6, a name, a range, a list or a step"},
};

static const char *const DESCRIPTORS[] = {
	"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"};

/* Go's Atoi, of which a negative result is refused. */
static bool read_number(struct str text, int64_t *out)
{
	if (str_starts(text, "-"))
		return false;
	return str_to_i64(text, out) && *out <= INT32_MAX;
}

static bool read_value(struct str text, const struct field *field, int64_t *out)
{
	for (int64_t i = 0; field->names && field->names[i]; i++) {
		if (str_is_nocase(text, field->names[i])) {
			*out = field->min + i;
			return true;
		}
	}
	return read_number(text, out);
}

/* The piece before the next `c`, which is taken out of *rest with it; false when there is none. */
static bool cut(struct str *rest, char c, struct str *piece)
{
	const size_t at = str_find(*rest, c);
	const bool found = at < rest->len;

	*piece = (struct str){rest->at, at};
	*rest = str_from_offset(*rest, found ? at + 1 : at);
	return found;
}

struct range {
	int64_t first, last, step;
	bool star;
};

/* "*", "?", "5", "mon-fri"; with a star the piece behind a hyphen does not count. */
static bool read_bounds(struct str text, const struct field *field, struct range *r, bool *single)
{
	struct str low;
	const bool hyphen = cut(&text, '-', &low);

	*single = !hyphen;
	r->star = str_is(low, "*") || str_is(low, "?");
	if (r->star) {
		r->first = field->min;
		r->last = field->max;
		return true;
	}
	if (!read_value(low, field, &r->first))
		return false;
	r->last = r->first;
	return !hyphen || (str_find(text, '-') == text.len && read_value(text, field, &r->last));
}

static bool read_range(struct str text, const struct field *field, struct range *r)
{
	struct str bounds;
	const bool slash = cut(&text, '/', &bounds);
	bool single;

	if (!read_bounds(bounds, field, r, &single))
		return false;
	r->step = 1;
	if (slash) {
		if (str_find(text, '/') < text.len || !read_number(text, &r->step))
			return false;
		if (single)
			r->last = field->max;
		if (r->step > 1)
			r->star = false;
	}
	return r->first >= field->min && r->last <= field->max && r->first <= r->last &&
	       r->step > 0;
}

/* Empty pieces between commas do not count. */
static bool read_field(struct str text, const struct field *field, uint64_t *bits, bool *star)
{
	*bits = 0;
	*star = false;
	while (text.len) {
		struct str piece;
		struct range r;

		cut(&text, ',', &piece);
		if (piece.len == 0)
			continue;
		if (!read_range(piece, field, &r))
			return false;
		*star |= r.star;
		for (int64_t i = r.first; i <= r.last; i += r.step)
			*bits |= (uint64_t)1 << i;
	}
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word; the empty str at the end. */
static struct str take_word(struct str *rest)
{
	size_t len = 0;

	while (rest->len && is_space(rest->at[0]))
		*rest = str_from_offset(*rest, 1);
	while (len < rest->len && !is_space(rest->at[len]))
		len++;
	const struct str word = {rest->at, len};

	*rest = str_from_offset(*rest, len);
	return word;
}

static const char *parse_descriptor(struct str text)
{
	static const char EVERY[] = "@every ";
	int64_t nanoseconds;

	for (size_t i = 0; i < ARRAY_LEN(DESCRIPTORS); i++) {
		if (str_is(text, DESCRIPTORS[i]))
			return NULL;
	}
	if (!str_starts(text, EVERY))
		return "must be @yearly, @monthly, @weekly, @daily, @hourly, or @every with a "
		       "duration";
	if (!go_duration_parse(str_from_offset(text, sizeof(EVERY) - 1), &nanoseconds))
		return "@every needs a duration behind one space, such as @every 1h30m";
	return NULL;
}

const char *cron_parse(struct str schedule, struct cron *out)
{
	struct str words[ARRAY_LEN(FIELDS)] = {0};
	uint64_t *const bits[] = {&out->minute, &out->hour, &out->day, &out->month, &out->weekday};
	bool star[ARRAY_LEN(FIELDS)] = {0};
	struct str rest = schedule;

	*out = (struct cron){0};
	if (str_starts(schedule, "@"))
		return parse_descriptor(schedule);
	for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++)
		words[i] = take_word(&rest);
	if (words[ARRAY_LEN(FIELDS) - 1].len == 0 || take_word(&rest).len)
		return "must have five fields: minute, hour, day of the month, month, day of the "
		       "week";
	for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++) {
		if (!read_field(words[i], &FIELDS[i], bits[i], &star[i]))
			return FIELDS[i].fault;
	}
	out->any_day = star[2];
	out->any_weekday = star[4];
	return NULL;
}

bool cron_never_fires(const struct cron *cron)
{
	static const int DAYS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	/* Two restricted days are alternatives, and every month has every weekday. */
	if (cron->month == 0 || cron->any_day || !cron->any_weekday)
		return false;
	for (int m = 1; m <= 12; m++) {
		for (int d = 1; d <= DAYS[m - 1]; d++) {
			if (cron->month >> m & 1 && cron->day >> d & 1)
				return false;
		}
	}
	return true;
}
