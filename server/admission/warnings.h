/*
 * What an answer warns of, in lines that an API server passes on whole: it wants at most 120 bytes
 * a line, and all of a request together are cut at 4096.
 */
#pragma once

#include "server/admission/verdict.h"

/*
 * Adds what is only warned of, and what would be denied where the policy only warns. Where not all
 * have room they come by the turns of turns.h, and the last line counts the others.
 */
void warnings_add(const struct verdict_input *in, struct admission_answer *out);
