/*
 * The file that kustomize builds by, as far as it says which files beside it are none by
 * themselves: patches lack most of what an object needs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/* By its name: kustomization.yaml, kustomization.yml or Kustomization. */
bool kustomization_is(const char *path);

/*
 * The files that it names as patches, of either form, their paths as the system takes them, in the
 * arena. None where it cannot be read: that is told when it is judged.
 */
size_t kustomization_patches(struct arena *arena, const char *path, const char ***out);
/* The same of what it names as its resources: files and folders. */
size_t kustomization_resources(struct arena *arena, const char *path, const char ***out);
