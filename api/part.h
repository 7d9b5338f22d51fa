/*
 * Parts of an object that most objects do not have. The decoder notes those that it meets (a row of
 * a schema names its part), and a rule that finds nothing where none of its parts is there says so
 * in its row (validators/rule.h): then it is not run.
 *
 * A part that is written at all counts as there, null, empty or of the wrong type as it may be.
 */
#pragma once

#include <stdint.h>

enum object_part {
	PART_NONE,

	/* of an object */
	PART_ANNOTATIONS,
	PART_JOB, /* a RayJob, and the one in a RayCronJob */
	PART_LABELS,
	PART_SERVICE, /* a RayService */
	PART_CRON_JOB,

	/* of a cluster */
	PART_AUTH,
	PART_AUTOSCALER, /* its options */
	PART_AUTOSCALING,
	PART_GCS, /* options of fault tolerance */
	PART_HEAD_SERVICE,
	PART_HISTORY,
	PART_INGRESS,
	PART_NETWORK_POLICY,
	PART_RAY_VERSION,
	PART_TLS,
	PART_UPGRADE,

	/* of a group */
	PART_GROUP_IDLE_TIMEOUT,
	PART_GROUP_LABELS,
	PART_GROUP_RESOURCES,
	PART_GROUP_SUSPEND,
	PART_HOSTS,
	PART_PRIORITY,
	PART_SCALE_STRATEGY,
	PART_START_PARAMS,

	/* of a pod */
	PART_AFFINITY,
	PART_DEADLINES,
	PART_DNS,
	PART_EPHEMERAL_CONTAINERS,
	PART_GATES,
	PART_HOST_ALIASES,
	PART_INIT_CONTAINERS,
	PART_NODE_SELECTOR,
	PART_POD_ANNOTATIONS,
	PART_POD_FINALIZERS,
	PART_POD_LABELS,
	PART_POD_NAME,
	PART_POD_NAMES, /* of accounts, classes, nodes, hosts and Secrets */
	PART_POD_RESOURCES,
	PART_POD_SECURITY,
	PART_RESOURCE_CLAIMS,
	PART_SPREADING,
	PART_TOLERATIONS,
	PART_VOLUMES,
	PART_VOLUME_EPHEMERAL,
	PART_VOLUME_HOST_PATH,
	PART_VOLUME_OTHER, /* an image, or of a storage system: nfs, csi, … */
	PART_VOLUME_PROJECTED,
	PART_VOLUME_REFERENCE,

	/* of a container, the autoscaler's and the history collector's included */
	PART_CLAIMS_USED,
	PART_CONTAINER_RESTART, /* its restart policy and rules, its resize policies */
	PART_DEVICES,
	PART_ENV,
	PART_ENV_FROM,
	PART_ENV_SOURCE,
	PART_LIFECYCLE,
	PART_LIMITS,
	PART_MOUNTS,
	PART_MOUNT_SHARING,
	PART_PORTS,
	PART_PROBES,
	PART_REQUESTS,
	PART_SECURITY,

	PART_END,
};

_Static_assert(PART_END <= 64, "a set of parts is 64 bits");

/* The set that holds one part; sets are joined with |. */
#define PART(name) (UINT64_C(1) << PART_##name)
