/* Compiler attributes and the few macros the whole tree uses. */
#pragma once

#include <stddef.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK             __attribute__((warn_unused_result))
/* What is only cleaned up counts as used; clang would not see it otherwise. */
#define CLEANUP(fn) __attribute__((cleanup(fn), unused))
#define UNUSED      __attribute__((unused))
/* Rarely called: the compiler keeps calls of it, and what leads to them, out of the hot code. */
#define COLD __attribute__((cold))
/* The rare case of something that is inlined: its code stays out of the way of the usual one. */
#define NOINLINE __attribute__((noinline))
/* Of a struct: it may be written over any other of the same layout. */
#define MAY_ALIAS __attribute__((may_alias))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
