/* What defaulting itself has to say. */
#pragma once

#define DEFAULTS_RULE_RECORD "RG1601"
#define DEFAULTS_RULE_ROOM   "RG1602"
#define DEFAULTS_RULE_WORSE  "RG1603"
