/*
 * Files below the root that a golden test reads and compares with; a path is printed as printf
 * does. With GOLDEN=write in the environment (`make golden`) what is compared is written instead.
 */
#pragma once

#include "api/policy.h"
#include "base/attr.h"
#include "base/mem.h"
#include "base/str.h"

/* The file's text, in the arena; the empty str when there is no such file. */
struct str golden_read(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* As golden_read, of a file that must be there: else the test ends. */
struct str golden_need(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* The policy that the file holds, for the caller to free; NULL when there is no such file. */
struct policy *golden_policy(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* The file has this text: else the test fails and goes on. */
void golden_expect(struct str actual, const char *format, ...) PRINTF_LIKE(2, 3);
