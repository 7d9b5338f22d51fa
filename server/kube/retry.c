#include "server/kube/retry.h"

/* Faults after which the server has surely not begun, or that a read does not mind. */
static bool fault_allows(bool reads, enum kube_fault fault)
{
	if (fault == KUBE_FAULT_CONNECT)
		return true;
	return reads && fault == KUBE_FAULT_BROKEN;
}

bool kube_may_retry(bool reads, bool whole, const struct kube_answer *answer)
{
	if (!whole)
		return fault_allows(reads, answer->fault);
	/* Too many requests: turned away at the door. */
	if (answer->status == 429)
		return true;
	if (answer->status < 500 || answer->status == 501 || answer->status == 505)
		return false;
	return reads || answer->retry_after > 0;
}
