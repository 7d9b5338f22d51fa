/* The names of the IANA time zone database, as of one version of it: newer ones may have more. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* In its own letters: who opens a file by the name finds no other. */
bool zone_name_is_known(struct str name);
/* The one that differs in nothing but capitals; NULL when there is none. */
const char *zone_name_but_for_case(struct str name);
/* The one that ends with it ("Berlin"), or is a few letters away; NULL when nothing is like it. */
const char *zone_name_nearest(struct str name);
