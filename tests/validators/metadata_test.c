#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_METADATA                                                                              \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: %s\n"                                                                           \
	"spec: {headGroupSpec: {template: {spec: {containers: [{name: a, image: ray}]}}}}\n"

Test(metadata, a_name_is_missed_only_where_none_was_written)
{
	static const struct {
		const char *metadata;
		enum field_severity missing, wrong_type;
	} CASES[] = {
		{"{name: a}", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"{generateName: a-}", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"{}", FIELD_SEVERITY_ERROR, FIELD_SEVERITY_OFF},
		{"null", FIELD_SEVERITY_ERROR, FIELD_SEVERITY_OFF},
		{"{name: null}", FIELD_SEVERITY_ERROR, FIELD_SEVERITY_OFF},
		{"{name: ''}", FIELD_SEVERITY_ERROR, FIELD_SEVERITY_OFF},
		{"a", FIELD_SEVERITY_OFF, FIELD_SEVERITY_ERROR},
		{"{name: 5}", FIELD_SEVERITY_OFF, FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_expect_eq(verdict_grade("RG0203", WITH_METADATA, CASES[i].metadata),
			CASES[i].missing, "%s", CASES[i].metadata);
		cr_expect_eq(verdict_grade("RG0101", WITH_METADATA, CASES[i].metadata),
			CASES[i].wrong_type, "%s", CASES[i].metadata);
	}
}
