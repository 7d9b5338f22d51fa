/*
 * Characters that look like ASCII, or like nothing, and are not: editors, chats and web pages put
 * them in its place, and nobody sees it.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

struct odd_character {
	size_t at; /* byte of the text */
	uint32_t point;
	char like[12]; /* "a blank", "nothing", "'-'" */
};

/* The first of them in a text that is UTF-8; false where there is none. */
bool odd_text_find(struct str text, struct odd_character *out);
