/* Whether a try that failed may be made again. */
#pragma once

#include <stdbool.h>

#include "server/kube/transport.h"

/* `whole` is what the transport's send() returned; `reads` when the call changes nothing. */
bool kube_may_retry(bool reads, bool whole, const struct kube_answer *answer);
