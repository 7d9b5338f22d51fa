/* Base64 read back, for tests and fuzzers that look into a patch. */
#pragma once

#include "base/mem.h"

/* Standard base64; what follows the padding is not read. The bytes live in the arena. */
struct str base64_decode(struct arena *arena, struct str text);
