/* As whom Ray's autoscaler scales a cluster: what is read for it, and what must be there. */
#pragma once

#include "server/explain/subject.h"

enum { EXPLAIN_ACCOUNT_PARTS = 3 };

struct explain_account {
	/* Of the ServiceAccount, Role and RoleBinding, as EXPLAIN_ACCOUNT and the two behind it. */
	struct str names[EXPLAIN_ACCOUNT_PARTS];
	bool own; /* the account is the user's own */
};

/* False where there is none to look for: no autoscaler, or no head as yet. */
bool explain_account(const struct explain_subject *s, struct explain_account *out);
