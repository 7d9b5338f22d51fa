/* Which logs would tell more: a few, of the first pod of each trouble, and of the autoscaler. */
#pragma once

#include "server/explain/subject.h"

/* Texts are empty. Returns how many, at most EXPLAIN_LOGS_MAX. */
size_t explain_logs_wanted(
	const struct explain_subject *s, struct explain_log out[EXPLAIN_LOGS_MAX]);
