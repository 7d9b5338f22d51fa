/* Completions for shells, from the tables of commands and options. Does no I/O. */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

/* False when there is none for that shell: bash, zsh and fish have one. */
bool completion_print(struct str shell, struct buf *out) MUST_CHECK;
