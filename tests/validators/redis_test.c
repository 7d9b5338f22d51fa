#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_ADDRESS                                                                               \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  gcsFaultToleranceOptions: {redisAddress: '%s'}\n"                                       \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"

Test(redis, an_address_that_ray_can_dial_is_left_alone)
{
	static const char *const ADDRESSES[] = {
		"redis:6379",
		"redis.team-a.svc.cluster.local:6379",
		"10.0.0.1:6379",
		"[2001:db8::1]:6379",
		"redis://redis:6379",
		"rediss://redis:6380",
		"a:6379,b:6379",
		"redis://a:1,rediss://b:65535",
		"$(REDIS_HOST):6379",
		"redis:$(REDIS_PORT)",
		"$REDIS",
	};

	for (size_t i = 0; i < ARRAY_LEN(ADDRESSES); i++)
		cr_assert_eq(verdict_grade("RG0818", WITH_ADDRESS, ADDRESSES[i]),
			FIELD_SEVERITY_OFF, "%s", ADDRESSES[i]);
}

Test(redis, an_address_that_nobody_can_dial_is_warned_of)
{
	static const char *const ADDRESSES[] = {
		"redis",
		"redis:",
		":6379",
		"redis:0",
		"redis:65536",
		"redis:port",
		"redis :6379",
		"http://redis:6379",
		"redis://redis",
		"[2001:db8::1]",
		"a:6379,b",
		"a:6379,,b:6379",
	};

	for (size_t i = 0; i < ARRAY_LEN(ADDRESSES); i++)
		cr_assert_eq(verdict_grade("RG0818", WITH_ADDRESS, ADDRESSES[i]),
			FIELD_SEVERITY_WARN, "%s", ADDRESSES[i]);
}

#define WITH_PASSWORD                                                                              \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example, annotations: {ray.io/ft-enabled: 'true'}}\n"                    \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {%s}\n"                                                               \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        containers:\n"                                                                    \
	"        - {name: head, image: ray, env: [%s]}\n"

Test(redis, a_password_in_clear_text_is_told_wherever_it_stands)
{
	static const struct {
		const char *params, *env;
		enum field_severity grade;
	} CASES[] = {
		{"redis-password: $REDIS_PASSWORD",
			"{name: REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}",
			FIELD_SEVERITY_OFF},
		{"redis-password: secret", "", FIELD_SEVERITY_WARN},
		{"", "{name: REDIS_PASSWORD, value: secret}", FIELD_SEVERITY_WARN},
		{"", "{name: OTHER_PASSWORD, value: secret}", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0819", WITH_PASSWORD, CASES[i].params, CASES[i].env),
			CASES[i].grade, "%zu", i);
}
