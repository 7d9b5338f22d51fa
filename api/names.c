#include "api/names.h"

#include "api/name_shape.h"
#include "base/attr.h"

#define ALNUM  (NAME_LOWER | NAME_UPPER | NAME_DIGIT)
#define ANY    (ALNUM | NAME_DASH | NAME_UNDERSCORE | NAME_DOT)
#define LABEL  (NAME_LOWER | NAME_DIGIT)
#define LETTER (NAME_LOWER | NAME_UPPER)

static const struct name_shape SHAPES[NAME_KINDS] = {
	[NAME_DNS1035_LABEL] = {NAMES_LABEL_MAX, NAME_LOWER, LABEL | NAME_DASH, LABEL, '-',
		"must be lower case letters, digits and '-', begin with a letter and end with a "
		"letter or digit, like 'my-name' or 'abc-123'"},
	[NAME_DNS1123_LABEL] = {NAMES_LABEL_MAX, LABEL, LABEL | NAME_DASH, LABEL, '-',
		"must be lower case letters, digits and '-', begin and end with a letter or "
		"digit, like 'my-name' or '123-abc'"},
	/* One part of it: the parts are joined by dots. */
	[NAME_DNS1123_SUBDOMAIN] = {NAMES_SUBDOMAIN_MAX, LABEL, LABEL | NAME_DASH, LABEL, '-',
		"must be lower case letters, digits, '-' and '.', each part between dots with a "
		"letter or digit at both ends, like 'example.com'"},
	[NAME_LABEL_VALUE] = {NAMES_LABEL_MAX, ALNUM, ANY, ALNUM, '-',
		"must be empty or letters, digits, '-', '_' and '.', with a letter or digit at "
		"both ends, like 'my_value'"},
	[NAME_ENV] = {0, ANY & ~(unsigned)NAME_DIGIT, ANY, ANY, '_',
		"must be letters, digits, '_', '-' and '.', and not begin with a digit, like "
		"'MY_NAME' or 'my.env-name'"},
	[NAME_C_IDENTIFIER] = {0, LETTER | NAME_UNDERSCORE, ALNUM | NAME_UNDERSCORE,
		ALNUM | NAME_UNDERSCORE, '_',
		"must be letters, digits and '_', and not begin with a digit, like 'MY_NAME'"},
	[NAME_PORT] = {NAMES_PORT_MAX, LABEL | NAME_DASH, LABEL | NAME_DASH, LABEL | NAME_DASH, '-',
		"must be lower case letters, digits and '-', like 'http' or 'ray-client'"},
	[NAME_CONFIG_KEY] = {NAMES_SUBDOMAIN_MAX, ANY, ANY, ANY, '-',
		"must be letters, digits, '-', '_' and '.', like 'key.name' or 'KEY_NAME'"},
	[NAME_HTTP_HEADER] = {0, ALNUM | NAME_DASH, ALNUM | NAME_DASH, ALNUM | NAME_DASH, '-',
		"must be letters, digits and '-', like 'X-Header-Name'"},
};

const struct name_shape *name_shape(enum name_kind kind)
{
	return &SHAPES[kind];
}

/* Rows for so many bytes from `first` on. */
#define TWO(first, class)     [(first)] = (class), [(first) + 1] = (class)
#define SIX(first, class)     TWO(first, class), TWO((first) + 2, class), TWO((first) + 4, class)
#define TEN(first, class)     SIX(first, class), TWO((first) + 6, class), TWO((first) + 8, class)
#define LETTERS(first, class) TEN(first, class), TEN((first) + 10, class), SIX((first) + 20, class)
#define FORTY(first, class)                                                                        \
	TEN(first, class), TEN((first) + 10, class), TEN((first) + 20, class),                     \
		TEN((first) + 30, class)

static const uint8_t CLASSES[UINT8_MAX + 1] = {
	FORTY(0, NAME_OTHER),
	TWO(40, NAME_OTHER),
	TWO(42, NAME_OTHER),
	[','] = NAME_OTHER,
	['-'] = NAME_DASH,
	['.'] = NAME_DOT,
	['/'] = NAME_OTHER,
	TEN('0', NAME_DIGIT),
	SIX(':', NAME_OTHER),
	['@'] = NAME_OTHER,
	LETTERS('A', NAME_UPPER),
	TWO('[', NAME_OTHER),
	TWO(']', NAME_OTHER),
	['_'] = NAME_UNDERSCORE,
	['`'] = NAME_OTHER,
	LETTERS('a', NAME_LOWER),
	FORTY('{', NAME_OTHER),
	FORTY('{' + 40, NAME_OTHER),
	FORTY('{' + 80, NAME_OTHER),
	TEN(243, NAME_OTHER),
	TWO(253, NAME_OTHER),
	[255] = NAME_OTHER,
};

unsigned name_class(char c)
{
	return CLASSES[(unsigned char)c];
}

unsigned name_classes(struct str name)
{
	unsigned classes = 0;

	for (size_t i = 0; i < name.len; i++)
		classes |= name_class(name.at[i]);
	return classes;
}

size_t name_span(struct str name, unsigned classes)
{
	size_t len = 0;

	while (len < name.len && name_class(name.at[len]) & classes)
		len++;
	return len;
}

bool name_fits_shape(const struct name_shape *shape, struct str name)
{
	if (name.len == 0 || !(name_class(name.at[0]) & shape->first) ||
		!(name_class(name.at[name.len - 1]) & shape->last))
		return false;
	return name.len == 1 ||
	       !(name_classes((struct str){name.at + 1, name.len - 2}) & ~shape->inner);
}

/* Whether every part between dots has the shape. */
static bool parts_fit(const struct name_shape *shape, struct str name)
{
	for (;;) {
		const size_t dot = str_find(name, '.');

		if (!name_fits_shape(shape, (struct str){name.at, dot}))
			return false;
		if (dot == name.len)
			return true;
		name = str_from_offset(name, dot + 1);
	}
}

static bool fits(enum name_kind kind, struct str name)
{
	const struct name_shape *const shape = &SHAPES[kind];

	if (shape->max && name.len > shape->max)
		return false;
	return kind == NAME_DNS1123_SUBDOMAIN ? parts_fit(shape, name)
					      : name_fits_shape(shape, name);
}

static const char *length_fault(size_t max)
{
	if (max == NAMES_PORT_MAX)
		return "must be no more than 15 characters";
	return max == NAMES_LABEL_MAX ? "must be no more than 63 characters"
				      : "must be no more than 253 characters";
}

COLD static const char *what_does_not_fit(enum name_kind kind, struct str name)
{
	const struct name_shape *const shape = &SHAPES[kind];

	if (name.len == 0)
		return "must not be empty";
	if (shape->max && name.len > shape->max)
		return length_fault(shape->max);
	if (kind == NAME_DNS1123_LABEL && parts_fit(shape, name))
		return "must not contain dots";
	return shape->wrong;
}

static const char *shape_fault(enum name_kind kind, struct str name)
{
	return fits(kind, name) ? NULL : what_does_not_fit(kind, name);
}

static const char *prefix_fault(struct str prefix)
{
	if (prefix.len == 0)
		return "must not have an empty prefix in front of the '/'";
	if (prefix.len > NAMES_SUBDOMAIN_MAX)
		return "must have a prefix of no more than 253 characters in front of the '/'";
	if (parts_fit(&SHAPES[NAME_DNS1123_SUBDOMAIN], prefix))
		return NULL;
	return "must have a prefix of lower case letters, digits, '-' and '.' in front of the '/', "
	       "like 'example.com/MyName'";
}

/* Of what stands behind the '/', or of all where there is none. */
COLD static const char *last_fault(struct str last, bool prefixed)
{
	if (str_find(last, '/') < last.len)
		return "must have at most one '/', behind a DNS prefix, like 'example.com/MyName'";
	if (last.len == 0)
		return prefixed ? "must have a name behind the '/'" : "must not be empty";
	if (last.len > NAMES_LABEL_MAX)
		return prefixed ? "must have no more than 63 characters behind the '/'"
				: "must be no more than 63 characters";
	return "must be letters, digits, '-', '_' and '.', with a letter or digit at both ends, "
	       "like 'my.name' or 'example.com/MyName'";
}

static const char *qualified_fault(struct str name)
{
	const size_t slash = str_find(name, '/');
	const bool prefixed = slash < name.len;
	const char *const fault = prefixed ? prefix_fault((struct str){name.at, slash}) : NULL;
	const struct str last = prefixed ? str_from_offset(name, slash + 1) : name;

	if (fault)
		return fault;
	return fits(NAME_LABEL_VALUE, last) ? NULL : last_fault(last, prefixed);
}

/* Where the prefix is not in lower case. */
COLD static const char *lowered_fault(struct str name)
{
	const struct str prefix = {name.at, str_find(name, '/')};
	char lowered[NAMES_SUBDOMAIN_MAX];

	if (prefix.len == name.len || prefix.len > sizeof(lowered))
		return qualified_fault(name);
	for (size_t i = 0; i < prefix.len; i++) {
		const char c = prefix.at[i];

		lowered[i] = name_class(c) == NAME_UPPER ? (char)(c - 'A' + 'a') : c;
	}
	const char *const fault = prefix_fault((struct str){lowered, prefix.len});
	const struct str last = str_from_offset(name, prefix.len + 1);

	if (fault || str_find(last, '/') < last.len)
		return fault ? fault : qualified_fault(name);
	return last.len == 0 ? "must have a name behind the '/'" : qualified_fault(last);
}

/* The API server lowers an annotation's key before it looks: only the prefix has a case. */
static const char *annotation_fault(struct str name)
{
	return qualified_fault(name) ? lowered_fault(name) : NULL;
}

static const char *value_fault(struct str name)
{
	return name.len ? shape_fault(NAME_LABEL_VALUE, name) : NULL;
}

/* Names that are also files: of variables and of a ConfigMap's keys. */
static const char *file_fault(enum name_kind kind, struct str name)
{
	const char *const fault = shape_fault(kind, name);

	if (fault || *name.at != '.')
		return fault;
	if (str_is(name, "."))
		return "must not be '.'";
	return str_starts(name, "..") ? "must not begin with '..'" : NULL;
}

static const char *env_fault(struct str name)
{
	return file_fault(NAME_ENV, name);
}

static const char *config_key_fault(struct str name)
{
	return file_fault(NAME_CONFIG_KEY, name);
}

static const char *relaxed_env_fault(struct str name)
{
	if (name.len == 0)
		return "must not be empty";
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] < ' ' || name.at[i] > '~' || name.at[i] == '=')
			return "must be printable ASCII characters without '=', like 'MY_NAME'";
	}
	return NULL;
}

/* Some but no two of them in a row, nor one at an end. */
static const char *hyphens_fault(struct str name)
{
	for (size_t i = 1; i < name.len; i++) {
		if (name.at[i] == '-' && name.at[i - 1] == '-')
			return "must not have two hyphens in a row";
	}
	if (name.at[0] == '-' || name.at[name.len - 1] == '-')
		return "must not begin or end with a hyphen";
	return NULL;
}

static const char *port_fault(struct str name)
{
	const struct name_shape *const shape = &SHAPES[NAME_PORT];
	const unsigned classes = name_classes(name);

	/* Both ends may be what is inside. */
	if (name.len == 0 || name.len > shape->max || classes & ~shape->inner)
		return what_does_not_fit(NAME_PORT, name);
	if (!(classes & NAME_LOWER))
		return "must have at least one letter from a to z, like 'http'";
	return classes & NAME_DASH ? hyphens_fault(name) : NULL;
}

static const char *percent_fault(struct str name)
{
	const size_t sign = str_find(name, '%');

	for (size_t i = 0; i < sign; i++) {
		if (name_class(name.at[i]) != NAME_DIGIT)
			return "must be digits followed by '%', like '25%'";
	}
	return sign > 0 && sign + 1 == name.len ? NULL
						: "must be digits followed by '%', like '25%'";
}

static const char *absolute_path_fault(struct str name)
{
	return str_starts(name, "/") ? NULL : "must be an absolute path, like '/data'";
}

static bool goes_up(struct str path)
{
	while (path.len) {
		const size_t slash = str_find(path, '/');

		if (str_is((struct str){path.at, slash}, ".."))
			return true;
		path = str_from_offset(path, slash < path.len ? slash + 1 : slash);
	}
	return false;
}

static const char *relative_path_fault(struct str name)
{
	if (str_starts(name, "/"))
		return "must be a relative path, like 'models/base'";
	return goes_up(name) ? "must not contain '..'" : NULL;
}

typedef const char *name_fault_fn(struct str name);

/* Of those kinds whose names have more to them than a shape, or none. */
static name_fault_fn *const FAULTS[NAME_KINDS] = {
	[NAME_QUALIFIED] = qualified_fault,
	[NAME_ANNOTATION_KEY] = annotation_fault,
	[NAME_LABEL_VALUE] = value_fault,
	[NAME_ENV] = env_fault,
	[NAME_ENV_RELAXED] = relaxed_env_fault,
	[NAME_PORT] = port_fault,
	[NAME_CONFIG_KEY] = config_key_fault,
	[NAME_PERCENT] = percent_fault,
	[NAME_ABSOLUTE_PATH] = absolute_path_fault,
	[NAME_RELATIVE_PATH] = relative_path_fault,
};

const char *names_fault(enum name_kind kind, struct str name)
{
	return FAULTS[kind] ? FAULTS[kind](name) : shape_fault(kind, name);
}

const char *names_port_number_fault(int64_t port)
{
	return port >= 1 && port <= UINT16_MAX ? NULL : "must be between 1 and 65535, inclusive";
}

const char *names_user_id_fault(int64_t id)
{
	return id >= 0 && id <= INT32_MAX ? NULL : "must be between 0 and 2147483647, inclusive";
}
