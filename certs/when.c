#include "certs/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/attr.h"

static void print(int64_t at, const char *separator, const char *zone, char out[WHEN_SIZE])
{
	const time_t seconds = (time_t)at;
	char date[WHEN_SIZE / 2], hour[16];
	struct tm parts;

	if (gmtime_r(&seconds, &parts) == NULL ||
		strftime(date, sizeof(date), "%Y-%m-%d", &parts) == 0 ||
		strftime(hour, sizeof(hour), "%H:%M:%S", &parts) == 0)
		snprintf(out, WHEN_SIZE, "%" PRId64 " s after 1970", at);
	else
		snprintf(out, WHEN_SIZE, "%s%s%s%s", date, separator, hour, zone);
}

void when_date(int64_t at, char out[WHEN_SIZE])
{
	print(at, " ", " UTC", out);
}

void when_rfc3339(int64_t at, char out[WHEN_SIZE])
{
	print(at, "T", "Z", out);
}

/* The larger unit begins at two of it: "36 hours" says more than "1 day". */
static const struct {
	int64_t seconds;
	const char *name;
} UNITS[] = {
	{31536000, "years"},
	{86400, "days"},
	{3600, "hours"},
	{60, "minutes"},
	{1, "seconds"},
};

void when_relative(int64_t at, int64_t now, char out[WHEN_SIZE])
{
	const int64_t away = at > now ? at - now : now - at;

	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		if (away < 2 * UNITS[i].seconds)
			continue;
		snprintf(out, WHEN_SIZE, at > now ? "in %" PRId64 " %s" : "%" PRId64 " %s ago",
			away / UNITS[i].seconds, UNITS[i].name);
		return;
	}
	snprintf(out, WHEN_SIZE, "now");
}
