#include "api/version.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the start of *rest; false when there are none, or more than 64 bits hold. */
static bool take_number(struct str *rest, uint64_t *out)
{
	size_t len = 0;

	*out = 0;
	for (; len < rest->len && is_digit(rest->at[len]); len++) {
		const uint64_t digit = (uint64_t)(rest->at[len] - '0');

		if (__builtin_mul_overflow(*out, 10, out) ||
			__builtin_add_overflow(*out, digit, out))
			return false;
	}
	*rest = str_from_offset(*rest, len);
	return len > 0;
}

static bool next_number_follows(struct str rest)
{
	return rest.len >= 2 && rest.at[0] == '.' && is_digit(rest.at[1]);
}

bool version_parse(struct str text, struct version *out)
{
	uint64_t numbers[3] = {0};
	size_t count = 1;

	/* What Go's \s is; a vertical tab is not among it. */
	while (text.len && (text.at[0] == ' ' || (text.at[0] >= '\t' && text.at[0] <= '\r' &&
							 text.at[0] != '\v')))
		text = str_from_offset(text, 1);
	if (str_starts(text, "v"))
		text = str_from_offset(text, 1);
	const bool zero_first = str_starts(text, "0");
	const char *const first = text.at;

	if (!take_number(&text, &numbers[0]) || (zero_first && text.at - first > 1))
		return false;
	for (; next_number_follows(text); count++) {
		uint64_t number;

		text = str_from_offset(text, 1);
		if (!take_number(&text, &number))
			return false;
		if (count < 3)
			numbers[count] = number;
	}
	/* What is behind may be anything on the same line. */
	if (count < 2 || str_find(text, '\n') < text.len)
		return false;
	*out = (struct version){numbers[0], numbers[1], numbers[2]};
	return true;
}

/* The last part of an image's path, with its tag and without its digest. */
static struct str last_part(struct str image)
{
	image.len = str_find(image, '@');
	return str_from_offset(image, str_behind_last(image, '/'));
}

struct str version_image_tag(struct str image)
{
	const struct str part = last_part(image);
	const size_t colon = str_find(part, ':');

	return colon < part.len ? str_from_offset(part, colon + 1) : (struct str){"", 0};
}

bool version_image_is_ray(struct str image)
{
	const struct str part = last_part(image);
	const struct str name = {part.at, str_find(part, ':')};

	return str_is(name, "ray") || str_starts(name, "ray-");
}

bool version_of_image(struct str image, struct version *out)
{
	return version_parse(version_image_tag(image), out);
}

int version_cmp(struct version a, struct version b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	if (a.minor != b.minor)
		return a.minor < b.minor ? -1 : 1;
	return (a.patch > b.patch) - (a.patch < b.patch);
}

bool version_at_least(struct version v, uint64_t major, uint64_t minor, uint64_t patch)
{
	return version_cmp(v, (struct version){major, minor, patch}) >= 0;
}
