/*
 * A group whose replicas are several hosts, which live and die together (controller reference: §7).
 */
#include "server/controller/modern_parts.h"

void modern_settle_hosts(struct modern *m, struct group_need *need)
{
	(void)m;
	need->replicas = 0;
}
