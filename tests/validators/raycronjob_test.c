#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define CRON                                                                                       \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCronJob\n"                                                                       \
	"metadata: {name: c}\n"                                                                    \
	"spec:\n"                                                                                  \
	"  schedule: '0 3 * * *'\n"                                                                \
	"  timeZone: '%s'\n"                                                                       \
	"  jobTemplate: {entrypoint: e, rayClusterSpec: {headGroupSpec: {template: {spec: "        \
	"{containers: [{name: c, image: ray}]}}}}}\n"

/* What Go's LoadLocation() surely refuses is refused; a zone may be newer than our table. */
Test(raycronjob, a_time_zone_is_one_that_there_is)
{
	static const struct {
		const char *zone;
		enum field_severity grade;
	} CASES[] = {
		{"Europe/Berlin", FIELD_SEVERITY_OFF},
		{"Africa/Abidjan", FIELD_SEVERITY_OFF},
		{"Zulu", FIELD_SEVERITY_OFF},
		{"UTC", FIELD_SEVERITY_OFF},
		{"Local", FIELD_SEVERITY_OFF},
		{"US/Pacific", FIELD_SEVERITY_OFF},
		{"Etc/GMT+5", FIELD_SEVERITY_OFF},
		{"America/Argentina/Buenos_Aires", FIELD_SEVERITY_OFF},
		{"posix/Europe/Berlin", FIELD_SEVERITY_OFF},
		{"../etc/passwd", FIELD_SEVERITY_ERROR},
		{"Europe/../Europe/Berlin", FIELD_SEVERITY_ERROR},
		{"/usr/share/zoneinfo/UTC", FIELD_SEVERITY_ERROR},
		{"\\UTC", FIELD_SEVERITY_ERROR},
		{"Asia/Seoul ", FIELD_SEVERITY_ERROR},
		{"Europe / Berlin", FIELD_SEVERITY_ERROR},
		{"Europe/Berlin/", FIELD_SEVERITY_ERROR},
		{"europe/berlin", FIELD_SEVERITY_ERROR},
		{"utc", FIELD_SEVERITY_ERROR},
		{"Nope/Nope", FIELD_SEVERITY_WARN},
		{"GMT+5", FIELD_SEVERITY_WARN},
		{"Berlin", FIELD_SEVERITY_WARN},
		/* Files of these names are found. */
		{"Europe//Berlin", FIELD_SEVERITY_WARN},
		{"./UTC", FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1265", CRON, CASES[i].zone), CASES[i].grade, "%s",
			CASES[i].zone);
}
