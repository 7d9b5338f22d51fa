/*
 * Schedules of a RayCronJob: the standard syntax of robfig/cron v3 (ParseStandard), which KubeRay
 * uses. Five fields, names of months and weekdays, "@daily" and its like, "@every 1h30m".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* A bit for each value that matches; zeroed for "@every". */
struct cron {
	uint64_t minute, hour, day, month, weekday;
	bool any_day, any_weekday; /* the field began with a star: it does not restrict */
};

/*
 * NULL when the schedule can be read; otherwise what is wrong, in words that follow the field's
 * path. A time zone in front of the fields ("TZ=…") is none of the syntax here: KubeRay refuses it.
 */
const char *cron_parse(struct str schedule, struct cron *out);
/* Whether no day of any year matches: "0 0 30 2 *". */
bool cron_never_fires(const struct cron *cron);
