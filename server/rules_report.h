/* The table of rules as people and programs read it. Does no I/O. */
#pragma once

#include "base/buf.h"
#include "validators/rule.h"

/* By id ("RG0302", in any case of letters) or by name; NULL when there is none. */
const struct rule *rules_report_find(struct str word);
/* The rule whose id or name is nearest to a wrong one, or NULL. */
const struct rule *rules_report_suggest(struct str word);

/* All of them in the order of their ids; format is "text" (or empty), "markdown" or "json". */
void rules_report_all(struct str format, struct buf *out);
void rules_report_one(const struct rule *rule, struct str format, struct buf *out);
