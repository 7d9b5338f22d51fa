/* The name of the Service by which people and workers find the head. */
#pragma once

#include "server/explain/subject.h"

struct str explain_head_service(const struct explain_subject *s);
