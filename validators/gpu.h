/* KubeRay's idea of a GPU: the name of a resource ends with "gpu", or is one of NVIDIA's slices. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

bool gpu_is_key(struct str name);
/* Where upper and lower case are the same, as in a group's logical resources ("GPU"). */
bool gpu_is_key_nocase(struct str name);
