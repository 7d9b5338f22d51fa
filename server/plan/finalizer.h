/* Finalizers of controllers that were there before us. We set none ourselves. */
#pragma once

#include "base/json_read.h"
#include "server/plan/round.h"

/*
 * Asks that the finalizer be taken off, where the object's metadata has it; whether it does. Those
 * of others stay, also what came since it was looked at: if it stands elsewhere in the list by then
 * the API server refuses (422), and another round asks again.
 */
bool finalizer_take_off(const struct json_node *meta, struct str name, struct round *round);
