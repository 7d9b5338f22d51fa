/* A RayCronJob: when its jobs run. */
#include "validators/rules.h"

#include <ctype.h>
#include <string.h>

#include "api/cron.h"
#include "api/zone_names.h"

#define CRON_GATE "RayCronJob"

/* RG1261 */
static void schedule_has_no_zone(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const schedule = object->cron ? &object->cron->schedule : NULL;

	if (schedule && str_contains(schedule->v, "TZ"))
		rule_found(c, FIELD_CHILD(object->cron->self.at, "schedule"), FIELD_INVALID,
			FIELD_READS(schedule->node),
			"must not name a time zone: write it into timeZone");
}

/* RG1262 */
static void schedule_can_be_read(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const schedule = object->cron ? &object->cron->schedule : NULL;
	struct cron cron;

	if (schedule == NULL || schedule->node == NULL || str_contains(schedule->v, "TZ"))
		return;
	const char *const fault = cron_parse(schedule->v, &cron);

	if (fault)
		rule_found(c, FIELD_CHILD(object->cron->self.at, "schedule"), FIELD_INVALID,
			FIELD_READS(schedule->node), "%s", fault);
}

/* RG1263 */
static void schedule_fires(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const schedule = object->cron ? &object->cron->schedule : NULL;
	struct cron cron;

	if (schedule && schedule->node && cron_parse(schedule->v, &cron) == NULL &&
		cron_never_fires(&cron))
		rule_found(c, FIELD_CHILD(object->cron->self.at, "schedule"), FIELD_INVALID,
			FIELD_READS(schedule->node), "no month has this day: no job ever runs");
}

/* RG1264 */
static void zone_is_not_empty(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const zone = object->cron ? &object->cron->time_zone : NULL;

	if (zone && zone->node && zone->v.len == 0)
		rule_found(c, FIELD_CHILD(object->cron->self.at, "timeZone"), FIELD_INVALID,
			FIELD_READS(zone->node),
			"must be a name such as Europe/Berlin; leave it out for the operator's "
			"zone");
}

/*
 * What Go's LoadLocation() takes for no name of a zone, and what is in no name of one: other bytes
 * than letters, digits and "_+-./". As a file "Europe//Berlin" would be found.
 */
static bool is_no_zone(struct str name)
{
	if (str_contains(name, "..") || name.at[0] == '/' || name.at[name.len - 1] == '/')
		return true;
	for (size_t i = 0; i < name.len; i++) {
		if (!isalnum((unsigned char)name.at[i]) && memchr("_+-./", name.at[i], 5) == NULL)
			return true;
	}
	return false;
}

/* "Local" is a word of Go's; the two folders have all zones once more, where a system has them. */
static bool is_zone(struct str name)
{
	static const struct str FOLDERS[] = {STR_INIT("posix/"), STR_INIT("right/")};

	for (size_t i = 0; i < ARRAY_LEN(FOLDERS); i++) {
		if (str_starts(name, FOLDERS[i].at))
			name = str_from_offset(name, FOLDERS[i].len);
	}
	return str_is(name, "Local") || zone_name_is_known(name);
}

/* RG1265: of a name that we do not know the operator's database may be newer than ours. */
static void zone_is_a_name(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const zone = object->cron ? &object->cron->time_zone : NULL;

	if (zone == NULL || zone->v.len == 0 || is_zone(zone->v))
		return;
	const struct field_path *const at = FIELD_CHILD(object->cron->self.at, "timeZone");
	const struct field_reads reads = FIELD_READS(zone->node);
	const struct str trimmed = str_trim(zone->v);
	const char *const same = zone_name_but_for_case(trimmed);
	const char *const near = same ? same : zone_name_nearest(trimmed);

	rule_found_at_most(c,
		same || is_no_zone(zone->v) ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_WARN, at,
		FIELD_INVALID, reads,
		"must be a name of the IANA time zone database, %s%s%s: KubeRay runs nothing for "
		"another one",
		near ? "such as \"" : "such as Europe/Berlin", near ? near : "", near ? "\"" : "");
}

/* RG1266: the object is stored, and nobody looks at it. */
static void gate_is_open(const struct rule_context *c, const struct ray_object *object)
{
	enum field_severity at_most;

	if (object->cron && !rule_gate_is_open(c, CRON_GATE, &at_most))
		rule_found_at_most(c, at_most, FIELD_ROOT("kind"), FIELD_FORBIDDEN,
			FIELD_READS_NOTHING,
			"needs KubeRay's feature gate " CRON_GATE
			", %s: have it turned on, or nothing runs",
			rule_gate_state(at_most));
}

static const struct rule RULES[] = {
	RULE("RG1261", "schedule-has-no-time-zone", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A schedule does not hold a time zone.", RULE_CHECKS_OBJECT(schedule_has_no_zone),
		.needs = PART(CRON_JOB)),
	RULE("RG1262", "schedule-can-be-read", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A schedule has the standard cron syntax.",
		RULE_CHECKS_OBJECT(schedule_can_be_read), .needs = PART(CRON_JOB)),
	RULE("RG1263", "schedule-fires", WARN, MODERN, "0.1", NULL,
		"A schedule has a day that comes.", RULE_CHECKS_OBJECT(schedule_fires),
		.needs = PART(CRON_JOB)),
	RULE("RG1264", "time-zone-is-not-empty", ERROR, MODERN, "0.1", "KubeRay's operator",
		"timeZone is not the empty string.", RULE_CHECKS_OBJECT(zone_is_not_empty),
		.needs = PART(CRON_JOB), .crd = true),
	RULE("RG1265", "time-zone-is-a-name", ERROR, MODERN, "0.1", "KubeRay's operator",
		"timeZone is a name of the IANA time zone database.",
		RULE_CHECKS_OBJECT(zone_is_a_name), .needs = PART(CRON_JOB)),
	RULE("RG1266", "cron-job-needs-its-gate", WARN, MODERN, "0.1", NULL,
		"A RayCronJob needs KubeRay's feature gate.", RULE_CHECKS_OBJECT(gate_is_open),
		.needs = PART(CRON_JOB)),
};

const struct rule_table RULES_RAYCRONJOB = RULE_TABLE(RULES);
