/* Facts from a manifest, for tests that need a cluster around an object. */
#pragma once

#include "server/facts/facts.h"

/*
 * A stream of YAML documents of the kinds that facts are made of. Every kind is known then, but
 * those in `unknown` (NULL-terminated kinds, or NULL). Fails the running test where the text
 * cannot be read or holds anything else. The caller frees the facts.
 */
struct facts *facts_kit_read(struct str text, const char *const *unknown);
