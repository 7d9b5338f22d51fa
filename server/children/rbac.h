/* What Ray's autoscaler may do, and as whom. */
#pragma once

#include "server/children/child.h"

/* NULL where the user named an account of his own. */
struct json_edit *rbac_service_account(const struct child_context *c);
/* Of the Role and of the RoleBinding. */
struct str rbac_role_name(const struct child_context *c);
struct json_edit *rbac_role(const struct child_context *c);
struct json_edit *rbac_role_binding(const struct child_context *c);
