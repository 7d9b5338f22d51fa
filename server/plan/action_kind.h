/* What a round asks of the API server. */
#pragma once

enum action_kind {
	ACTION_CREATE,     /* `body`; 409 counts as done where it is ours */
	ACTION_DELETE_POD, /* of that uid alone; 404 counts as done */
	ACTION_STATUS,     /* a merge patch of the status subresource: `body` is {"status": …} */
	ACTION_PATCH,      /* a JSON Patch (RFC 6902) of the RayCluster itself: a finalizer */
	ACTION_PATCH_SERVICE, /* a merge patch of a Service that is ours: `name`, `body` */
	ACTION_ADOPT,         /* a strategic merge patch of a child without a controller: `body` */
	ACTION_RELEASE,       /* the same of one that is ours, and is not to be any more */
	ACTION_EVENT,
};
