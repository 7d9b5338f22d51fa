#include "validators/defaults_rules.h"

#include "validators/rules.h"

static const struct rule RULES[] = {
	RULE(DEFAULTS_RULE_RECORD, "record-of-defaults-readable", WARN, BOTH, "0.1", NULL,
		"The annotation raygate.dev/defaulted is one that we wrote.",
		RULE_CHECKED_BY_ENGINE),
	RULE(DEFAULTS_RULE_ROOM, "record-of-defaults-fits", WARN, BOTH, "0.1", NULL,
		"The record of what was defaulted fits into the annotations.",
		RULE_CHECKED_BY_ENGINE),
	RULE(DEFAULTS_RULE_WORSE, "defaults-fit-the-object", WARN, BOTH, "0.1", NULL,
		"The policy's defaults break no rule in this object.", RULE_CHECKED_BY_ENGINE),
};

const struct rule_table RULES_DEFAULTS = RULE_TABLE(RULES);
