#include "validators/start_flags.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "api/quantity.h"
#include "base/json_read.h"

enum {
	PORT_MAX = 65535,
	FREE_PORT = 1024, /* the first that needs no privilege; Ray demands it of some flags */
	OBJECT_STORE_MIN = 75 * 1024 * 1024,
};

#define FLAG(text) (text), sizeof(text) - 1

static const struct start_flag FLAGS[] = {
	{FLAG("address"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("autoscaling-config"), START_STRING, START_HEAD, 0, false, false},
	{FLAG("block"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("cgroup-path"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("dashboard-agent-grpc-port"), START_PORT, START_BOTH, 1, true, false},
	{FLAG("dashboard-agent-listen-port"), START_PORT, START_BOTH, 1, false, false},
	{FLAG("dashboard-grpc-port"), START_PORT, START_HEAD, 1, true, true},
	{FLAG("dashboard-host"), START_STRING, START_HEAD, 0, false, false},
	{FLAG("dashboard-port"), START_PORT, START_HEAD, 1, true, false},
	{FLAG("disable-usage-stats"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("enable-object-reconstruction"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("enable-resource-isolation"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("gcs-server-port"), START_PORT, START_HEAD, 1, true, true},
	{FLAG("head"), START_FLAG, START_HEAD, 0, false, false},
	{FLAG("include-dashboard"), START_BOOL, START_HEAD_ONLY, 0, false, false},
	{FLAG("include-log-monitor"), START_BOOL, START_BOTH, 0, false, false},
	{FLAG("labels"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("labels-file"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("log-color"), START_WORD, START_BOTH, 0, false, false},
	{FLAG("log-style"), START_WORD, START_BOTH, 0, false, false},
	{FLAG("max-worker-port"), START_PORT, START_BOTH, FREE_PORT, true, false},
	{FLAG("memory"), START_INT, START_BOTH, 0, false, false},
	{FLAG("metrics-export-port"), START_PORT, START_BOTH, 1, true, false},
	{FLAG("min-worker-port"), START_PORT, START_BOTH, FREE_PORT, true, false},
	{FLAG("no-monitor"), START_FLAG, START_HEAD, 0, false, false},
	{FLAG("no-redirect-output"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("node-ip-address"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("node-manager-port"), START_PORT, START_BOTH, 1, true, false},
	{FLAG("node-name"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("num-cpus"), START_INT, START_BOTH, 0, false, false},
	{FLAG("num-gpus"), START_INT, START_BOTH, 0, false, false},
	{FLAG("object-manager-port"), START_PORT, START_BOTH, 1, true, false},
	{FLAG("object-spilling-directory"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("object-store-memory"), START_INT, START_BOTH, OBJECT_STORE_MIN, false, false},
	{FLAG("plasma-directory"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("plasma-store-socket-name"), START_STRING, START_BOTH, 0, false, true},
	{FLAG("port"), START_PORT, START_HEAD_ONLY, 1, false, false},
	{FLAG("proxy-server-url"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("ray-client-server-port"), START_PORT, START_HEAD, FREE_PORT, false, false},
	{FLAG("ray-debugger-external"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("raylet-socket-name"), START_STRING, START_BOTH, 0, false, true},
	{FLAG("redis-max-memory"), START_INT, START_HEAD, 0, false, true},
	{FLAG("redis-password"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("redis-shard-ports"), START_STRING, START_HEAD_ONLY, 0, false, false},
	{FLAG("redis-username"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("resources"), START_RESOURCES, START_BOTH, 0, false, false},
	{FLAG("runtime-env-agent-port"), START_PORT, START_BOTH, FREE_PORT, true, false},
	{FLAG("storage"), START_STRING, START_HEAD, 0, false, true},
	{FLAG("system-config"), START_JSON, START_HEAD, 0, false, false},
	{FLAG("system-reserved-cpu"), START_FLOAT, START_BOTH, 0, false, false},
	{FLAG("system-reserved-memory"), START_INT, START_BOTH, 0, false, false},
	{FLAG("temp-dir"), START_STRING, START_BOTH, 0, false, false},
	{FLAG("tracing-startup-hook"), START_STRING, START_HEAD, 0, false, false},
	{FLAG("verbose"), START_FLAG, START_BOTH, 0, false, false},
	{FLAG("worker-port-list"), START_PORTS, START_BOTH, FREE_PORT, false, false},
};

const struct start_flag *start_flags(size_t *count)
{
	*count = ARRAY_LEN(FLAGS);
	return FLAGS;
}

const struct start_flag *start_flag_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(FLAGS); i++) {
		if (name.len == FLAGS[i].len && str_same_by_call(name.at, FLAGS[i].name, name.len))
			return &FLAGS[i];
	}
	return NULL;
}

/* Letters and digits in lower case: "--num_cpus", "numCpus" → "numcpus". */
static struct str letters_of(struct str name, char *out, size_t cap)
{
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < cap; i++) {
		if (isalnum((unsigned char)name.at[i]))
			out[len++] = (char)tolower((unsigned char)name.at[i]);
	}
	return (struct str){out, len};
}

const struct start_flag *start_flag_spelt(struct str name)
{
	char wanted_letters[64];
	char letters[64];
	const struct str wanted = letters_of(name, wanted_letters, sizeof(wanted_letters));

	for (size_t i = 0; wanted.len && i < ARRAY_LEN(FLAGS); i++) {
		const struct str flag = str_from(FLAGS[i].name);

		if (*flag.at == *wanted.at &&
			str_eq(wanted, letters_of(flag, letters, sizeof(letters))))
			return &FLAGS[i];
	}
	return NULL;
}

const struct start_flag *start_flag_nearest(struct str name)
{
	char wanted_letters[64];
	char letters[64];
	const struct str wanted = letters_of(name, wanted_letters, sizeof(wanted_letters));
	const struct start_flag *nearest = NULL;
	size_t least = 3;

	for (size_t i = 0; i < ARRAY_LEN(FLAGS); i++) {
		const struct str have =
			letters_of(str_from(FLAGS[i].name), letters, sizeof(letters));
		const size_t distance = str_distance(wanted, have, least);

		if (distance < least && distance < have.len / 2) {
			nearest = &FLAGS[i];
			least = distance;
		}
	}
	return nearest;
}

enum { INT_CHARS_MAX = 24 };

/* Blanks around, zeros in front, single underscores between digits. */
static bool int_of_python(struct str text, int64_t *out)
{
	char digits[INT_CHARS_MAX];
	size_t len = 0;

	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.at[i];
		const bool between =
			i > 0 && i + 1 < text.len && isdigit((unsigned char)text.at[i - 1]);

		if (c == '_' && between && isdigit((unsigned char)text.at[i + 1]))
			continue;
		if (c == '+' && i == 0 && text.len > 1)
			continue;
		if (c == '0' && len == 0 && i + 1 < text.len &&
			isdigit((unsigned char)text.at[i + 1]))
			continue;
		if (len == sizeof(digits))
			return false;
		digits[len++] = c;
	}
	return len && (digits[0] == '-' || isdigit((unsigned char)digits[0])) &&
	       str_to_i64((struct str){digits, len}, out);
}

bool start_int(struct str text, int64_t *out)
{
	/* Nearly all are nothing but digits. */
	return (text.len < INT_CHARS_MAX && str_to_i64(text, out)) || int_of_python(text, out);
}

static const char *bytes_fault(struct arena *arena, struct str text)
{
	struct quantity amount;
	struct err err;

	if (!quantity_parse(text, &amount, &err) || quantity_is_unbounded(amount) ||
		quantity_is_negative(amount))
		return "must be a whole number of bytes without a unit, such as \"4294967296\" for "
		       "4Gi";
	return arena_printf(arena, "must be a whole number of bytes without a unit: write \"%lld\"",
		(long long)quantity_value(amount))
		.at;
}

/* Ray asserts that these are not among the custom resources. */
static const struct {
	const char *resource;
	const char *flag;
} BUILT_IN[] = {
	{"CPU", "num-cpus"},
	{"GPU", "num-gpus"},
	{"memory", "memory"},
	{"object_store_memory", "object-store-memory"},
};

/* What Ray counts as a resource of the node, with the same bound as a custom one. */
static bool is_resource(const struct start_flag *flag)
{
	for (size_t i = 0; i < ARRAY_LEN(BUILT_IN); i++) {
		if (strcmp(flag->name, BUILT_IN[i].flag) == 0)
			return true;
	}
	return false;
}

static const char *int_fault(struct arena *arena, const struct start_flag *flag, struct str text)
{
	int64_t number;

	if (start_int(text, &number)) {
		if (number < flag->min)
			return arena_printf(arena, "must be at least %lld", (long long)flag->min)
				.at;
		return number > RAY_RESOURCE_MAX && is_resource(flag)
			       ? arena_printf(arena, "must be at most %lld: Ray ends at more",
					 (long long)RAY_RESOURCE_MAX)
					 .at
			       : NULL;
	}
	if (strstr(flag->name, "memory"))
		return bytes_fault(arena, text);
	return "must be a whole number, such as \"4\"";
}

static bool is_port(const struct start_flag *flag, struct str text)
{
	int64_t port;

	return start_int(text, &port) &&
	       ((port >= flag->min && port <= PORT_MAX) || (port == 0 && flag->zero));
}

static const char *port_fault(struct arena *arena, const struct start_flag *flag, struct str text)
{
	if (is_port(flag, text))
		return NULL;
	if (flag->zero && flag->min == 1)
		return "must be a port, 0 to 65535";
	return arena_printf(arena, "must be a port, %s%lld to 65535", flag->zero ? "0 or " : "",
		(long long)flag->min)
		.at;
}

static const char *ports_fault(const struct start_flag *flag, struct str text)
{
	for (size_t at = 0; at <= text.len;) {
		const struct str rest = str_from_offset(text, at);
		const struct str port = {rest.at, str_find(rest, ',')};

		if (!is_port(flag, port))
			return "must be ports from 1024 to 65535 with commas between, such as "
			       "\"10002,10003\"";
		at += port.len + 1;
	}
	return NULL;
}

static const char *float_fault(struct str text)
{
	bool digit = false;

	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789.eE+-_ ", text.at[i]) == NULL)
			return "must be a number, such as \"0.5\"";
		digit |= isdigit((unsigned char)text.at[i]) != 0;
	}
	return digit ? NULL : "must be a number, such as \"0.5\"";
}

static bool is_one_of(struct str text, const char *const *words)
{
	for (; *words; words++) {
		if (str_is_nocase(text, *words))
			return true;
	}
	return false;
}

static const char *bool_fault(struct str text)
{
	static const char *const WORDS[] = {
		"true", "t", "1", "yes", "y", "on", "false", "f", "0", "no", "n", "off", NULL};

	return is_one_of(str_trim(text), WORDS) ? NULL : "must be \"true\" or \"false\"";
}

static const char *word_fault(const struct start_flag *flag, struct str text)
{
	static const char *const COLORS[] = {"auto", "false", "true", NULL};
	static const char *const STYLES[] = {"auto", "record", "pretty", NULL};

	if (strcmp(flag->name, "log-color") == 0)
		return is_one_of(text, COLORS) ? NULL : "must be \"auto\", \"true\" or \"false\"";
	return is_one_of(text, STYLES) ? NULL : "must be \"auto\", \"record\" or \"pretty\"";
}

static bool read_json(struct arena *arena, struct str text, struct json_doc *out)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 20, .nodes = 10000};
	struct err err;

	return json_read(arena, text, &LIMITS, out, &err);
}

static const char *resource_fault(
	struct arena *arena, struct str name, const struct json_node *value)
{
	double number;

	for (size_t i = 0; i < ARRAY_LEN(BUILT_IN); i++) {
		if (str_is(name, BUILT_IN[i].resource))
			return arena_printf(arena, "must not hold \"%s\": Ray takes it from %s",
				BUILT_IN[i].resource, BUILT_IN[i].flag)
				.at;
	}
	if (!json_double(value, &number) || number < 0 || number > floor(number))
		return arena_printf(
			arena, "\"%.*s\" must be a whole number, 0 or more", STR_ARG(name))
			.at;
	if (number > (double)RAY_RESOURCE_MAX)
		return arena_printf(arena, "\"%.*s\" must be at most %lld: Ray ends at more",
			STR_ARG(name), (long long)RAY_RESOURCE_MAX)
			.at;
	return NULL;
}

static const char *resources_fault(struct arena *arena, struct str text)
{
	struct json_doc doc;

	if (!read_json(arena, text, &doc) || doc.root->kind != JSON_OBJECT)
		return "must be a JSON object in quotes for the shell: '\"{\\\"Custom\\\": 1}\"'";
	for (struct json_iter it = json_iter(doc.root); json_next_member(&it);) {
		const char *const fault = resource_fault(arena, json_str(arena, it.key), it.value);

		if (fault)
			return fault;
	}
	return NULL;
}

static const char *json_fault(struct arena *arena, struct str text)
{
	struct json_doc doc;

	return read_json(arena, text, &doc)
		       ? NULL
		       : "must be JSON in quotes for the shell: '\"{\\\"key\\\": 1}\"'";
}

const char *start_value_fault(struct arena *arena, const struct start_flag *flag, struct str text)
{
	switch (flag->type) {
	case START_STRING:
		return NULL;
	case START_INT:
		return int_fault(arena, flag, text);
	case START_FLOAT:
		return float_fault(text);
	case START_PORT:
		return port_fault(arena, flag, text);
	case START_PORTS:
		return ports_fault(flag, text);
	case START_BOOL:
		return bool_fault(text);
	case START_FLAG:
		return str_is_nocase(text, "true") || str_is_nocase(text, "false")
			       ? NULL
			       : "must be \"true\" or \"false\": the flag takes no value";
	case START_RESOURCES:
		return resources_fault(arena, text);
	case START_JSON:
		return json_fault(arena, text);
	case START_WORD:
		return word_fault(flag, text);
	}
	return NULL;
}
