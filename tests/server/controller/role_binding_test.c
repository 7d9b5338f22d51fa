/* A RoleBinding that is asked for while the API server does not know its Role yet. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/support/controller_kit.h"

static bool says(FILE *log, const char *words)
{
	char line[1024];
	bool found = false;

	rewind(log);
	while (fgets(line, sizeof(line), log))
		found |= str_contains(str_from(line), words);
	return found;
}

/* What is logged of an autoscaled cluster whose RoleBinding is refused once; it gets it then. */
static FILE *log_of(int code, const char *reason)
{
	FILE *const log = tmpfile();
	struct controller_kit *kit = controller_kit_new(NULL);

	cr_assert_not_null(log);
	dup2(fileno(log), STDERR_FILENO);
	log_start(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	controller_kit_apply(kit, "a", 1);
	controller_kit_autoscale(kit, "a");
	fake_cluster_refuse(kit->cluster, "/rolebindings", code, reason, 1);
	controller_kit_lead(kit);
	cr_expect_not_null(fake_cluster_get(
		kit->cluster, "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/rolebindings/a"));
	controller_kit_free(&kit);
	return log;
}

Test(role_binding, a_role_that_is_not_known_yet_is_no_trouble)
{
	FILE *const log = log_of(404, "NotFound");

	cr_expect_not(says(log, "RoleBinding"));
	fclose(log);
}

Test(role_binding, any_other_refusal_is)
{
	FILE *const log = log_of(403, "Forbidden");

	cr_expect(says(log, "RoleBinding"));
	fclose(log);
}
