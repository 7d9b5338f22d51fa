/* Exact resource quantities of Kubernetes. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/json_read.h"

__extension__ typedef __int128 quantity_int;

/* In units of 10^-9, which holds every quantity that Kubernetes holds. */
struct quantity {
	quantity_int nano;
};

/* From a JSON string or number, as apimachinery's ParseQuantity; the error says how to mend it. */
bool quantity_read(const struct json_node *node, struct quantity *out, struct err *err) MUST_CHECK;
