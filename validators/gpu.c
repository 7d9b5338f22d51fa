#include "validators/gpu.h"

#include <ctype.h>

static struct str skip_digits(struct str text)
{
	size_t at = 0;

	while (at < text.len && isdigit((unsigned char)text.at[at]))
		at++;
	return str_from_offset(text, at);
}

/* nvidia.com/mig-<digits>g.<digits>gb at the end of the name */
static bool is_slice(struct str name)
{
	static const char PREFIX[] = "nvidia.com/mig-";

	if (!str_starts(name, PREFIX))
		return false;
	const struct str compute = str_from_offset(name, sizeof(PREFIX) - 1);
	const struct str middle = skip_digits(compute);

	if (middle.len == compute.len || !str_starts(middle, "g."))
		return false;
	const struct str memory = str_from_offset(middle, 2);
	const struct str end = skip_digits(memory);

	return end.len < memory.len && str_is(end, "gb");
}

bool gpu_is_key(struct str name)
{
	return str_ends(name, "gpu") || is_slice(name);
}

bool gpu_is_key_nocase(struct str name)
{
	return gpu_is_key(name) ||
	       (name.len >= 3 && str_is_nocase(str_from_offset(name, name.len - 3), "gpu"));
}
