/* The rows of settings.h: what it reads, checks and prints by. */
#pragma once

#include "server/config/settings.h"

enum settings_type {
	SETTINGS_STRING,
	SETTINGS_PATH, /* never empty: a variable of a script that is not set must not pass */
	SETTINGS_BOOL,
	SETTINGS_INT,
	SETTINGS_DURATION,
	SETTINGS_WORD,      /* one of the words in `value`, parted by | */
	SETTINGS_ADDRESS,   /* to listen on */
	SETTINGS_NAME,      /* of an object in the cluster; may be empty */
	SETTINGS_NAMESPACE, /* may be empty, too */
	SETTINGS_LIST,      /* may be given several times, or with commas */
};

struct settings_row {
	const char *name;
	char letter; /* '\0': none */
	enum settings_type type;
	unsigned commands; /* enum command */
	const char *fallback;
	const char *value; /* what stands for the value in help; the words of a SETTINGS_WORD */
	const char *help;
};

extern const struct settings_row SETTINGS_ROWS[SETTING_COUNT];
