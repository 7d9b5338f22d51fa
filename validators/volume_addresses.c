/* How volumes of storage networks name their targets (core/validation of Kubernetes). */
#include <string.h>

#include "base/utf8.h"
#include "validators/check.h"
#include "validators/rules.h"

enum {
	LUN_MAX = 255,
	EUI_CHARS = 16, /* behind "eui." */
	NAA_CHARS = 32, /* behind "naa." */
	TENANT_MAX = 64,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One character of any kind, then so many letters and digits: of what stands behind the type. */
static bool has_tail(struct str rest, size_t count)
{
	if (rest.len <= count || rest.at[0] == '\n')
		return false;
	for (size_t i = rest.len - count; i < rest.len; i++) {
		if (!is_alnum(rest.at[i]))
			return false;
	}
	return utf8_sequence(rest) == rest.len - count;
}

/* ".2001-04." */
static bool has_month(struct str s)
{
	static const char SHAPE[] = ".dddd-dd.";

	for (size_t i = 0; i < sizeof(SHAPE) - 1; i++) {
		if (i >= s.len || (SHAPE[i] == 'd' ? !is_digit(s.at[i]) : s.at[i] != SHAPE[i]))
			return false;
	}
	return true;
}

/* Behind the last character that a target's name cannot have: no name of one begins before that. */
static struct str without_forbidden(struct str name)
{
	size_t i = name.len;

	while (i > 0 && (name.at[i - 1] == '\0' || !strchr(",;*&$| \t\n\f\r", name.at[i - 1])))
		i--;
	return str_from_offset(name, i);
}

/*
 * "iqn.2001-04.com.example:disk": a month, an authority and anything else behind a colon.
 * Kubernetes does not ask the name to begin there. Each place is looked at once, however long it
 * is.
 */
static bool ends_as_iqn(struct str name)
{
	const struct str s = without_forbidden(name);
	size_t authority = 0; /* where one begins; 0: nowhere */

	for (size_t i = 0; i + 1 < s.len; i++) {
		const struct str here = str_from_offset(s, i);

		if (s.at[i] == ':' && authority && i > authority)
			return true;
		if (!is_alnum(s.at[i]) && s.at[i] != '-' && s.at[i] != '.')
			authority = 0;
		else if (!authority && str_starts(here, "iqn") &&
			 has_month(str_from_offset(here, 3)))
			authority = i + sizeof("iqn.2001-04.") - 1;
	}
	return false;
}

static bool is_iscsi_name(struct str name)
{
	if (str_starts(name, "iqn"))
		return ends_as_iqn(name);
	if (str_starts(name, "eui"))
		return has_tail(str_from_offset(name, 3), EUI_CHARS);
	return str_starts(name, "naa") && has_tail(str_from_offset(name, 3), NAA_CHARS);
}

static void check_iscsi_name(
	const struct rule_context *c, const struct schema_object *iscsi, const char *key)
{
	const struct json_node *const name = json_get(iscsi->node, key);

	if (json_is(name, JSON_STRING) && !is_iscsi_name(json_str(c->arena, name)))
		rule_found(c, FIELD_CHILD(iscsi->at, key), FIELD_INVALID, FIELD_READS(name),
			"must be a name of iSCSI, such as iqn.2001-04.com.example:disk, eui. with "
			"%d or naa. with %d letters and digits",
			EUI_CHARS, NAA_CHARS);
}

static void check_iscsi(const struct rule_context *c, const struct schema_object *iscsi)
{
	const struct json_node *const secret = json_get(iscsi->node, "secretRef");
	const struct json_node *const session = json_get(iscsi->node, "chapAuthSession");
	const struct json_node *const discovery = json_get(iscsi->node, "chapAuthDiscovery");

	if (!json_str_is(json_get(iscsi->node, "iqn"), STR("")))
		check_iscsi_name(c, iscsi, "iqn");
	check_iscsi_name(c, iscsi, "initiatorName");
	if ((json_is(session, JSON_TRUE) || json_is(discovery, JSON_TRUE)) && !json_present(secret))
		rule_found(c, FIELD_CHILD(iscsi->at, "secretRef"), FIELD_REQUIRED,
			FIELD_READS(secret, session, discovery),
			"must name the Secret with the password of CHAP");
}

static void check_fibre_channel(const struct rule_context *c, const struct schema_object *fc)
{
	const struct json_node *const names = json_get(fc->node, "targetWWNs");
	const struct json_node *const lun = json_get(fc->node, "lun");
	int64_t number;

	if (!json_is(names, JSON_ARRAY) || json_count(names) == 0)
		return;
	if (!json_present(lun))
		rule_found(c, FIELD_CHILD(fc->at, "lun"), FIELD_REQUIRED, FIELD_READS(lun, names),
			"must be the number of the disk, since there are targetWWNs");
	else if (json_is(lun, JSON_NUMBER) && json_i64(lun, &number) &&
		 (number < 0 || number > LUN_MAX))
		rule_found(c, FIELD_CHILD(fc->at, "lun"), FIELD_INVALID, FIELD_READS(lun, names),
			"must be between 0 and %d", LUN_MAX);
}

/* "host:port" or "[::1]:port", either of which may be empty, as Go splits it. */
static bool is_host_port(struct str s)
{
	const size_t port = str_behind_last(s, ':');

	if (port == 0)
		return false;
	const struct str host = {s.at, port - 1};
	const bool bare = host.len == 0 || host.at[0] != '[';
	const struct str inside = bare ? host : str_from_offset(host, 1);
	const size_t end = str_find(inside, ']');

	if (bare ? str_find(host, ':') < host.len : end + 1 != inside.len)
		return false;
	return str_find(inside, '[') == inside.len && (!bare || end == inside.len) &&
	       str_find(str_from_offset(s, port), '[') == s.len - port &&
	       str_find(str_from_offset(s, port), ']') == s.len - port;
}

static bool are_host_ports(struct str list)
{
	for (size_t left = 1; left; left = list.len) {
		const bool more = str_find(list, ',') < list.len;

		if (!is_host_port(str_cut(&list, ',')) || (more && list.len == 0))
			return false;
	}
	return true;
}

static void check_quobyte(const struct rule_context *c, const struct schema_object *quobyte)
{
	const struct json_node *const registry = json_get(quobyte->node, "registry");
	const struct json_node *const tenant = json_get(quobyte->node, "tenant");
	const struct str text =
		json_is(registry, JSON_STRING) ? json_str(c->arena, registry) : (struct str){0};

	if (text.len && !are_host_ports(text))
		rule_found(c, FIELD_CHILD(quobyte->at, "registry"), FIELD_INVALID,
			FIELD_READS(registry), "must be host:port, or several parted by commas");
	if (json_is(tenant, JSON_STRING) && json_str(c->arena, tenant).len > TENANT_MAX)
		rule_found(c, FIELD_CHILD(quobyte->at, "tenant"), FIELD_TOO_LONG,
			FIELD_READS(tenant), "must be at most %d characters", TENANT_MAX);
}

static const struct {
	const char *kind;
	void (*check)(const struct rule_context *c, const struct schema_object *source);
} SOURCES[] = {
	{"fc", check_fibre_channel},
	{"iscsi", check_iscsi},
	{"quobyte", check_quobyte},
};

static void check_volume(const struct rule_context *c, const struct pod_volume *volume)
{
	for (size_t i = 0; i < ARRAY_LEN(SOURCES); i++) {
		const char *const kind = SOURCES[i].kind;
		const struct schema_object source = {
			json_get(volume->self.node, kind), FIELD_CHILD(volume->self.at, kind)};

		if (json_is(source.node, JSON_OBJECT))
			SOURCES[i].check(c, &source);
	}
}

static void addresses_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->volumes.count; i++) {
		if (spec->volumes.items[i].self.node)
			check_volume(c, &spec->volumes.items[i]);
	}
}

static const struct rule RULES[] = {
	RULE("RG0678", "volume-address-fits", ERROR, BOTH, "0.1", NULL,
		"A volume of iSCSI, Fibre Channel or Quobyte names its target as Kubernetes takes "
		"it.",
		RULE_CHECKS_POD(addresses_fit), .needs = PART(VOLUME_OTHER)),
};

const struct rule_table RULES_VOLUME_ADDRESSES = RULE_TABLE(RULES);
