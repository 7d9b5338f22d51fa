/*
 * Versions of Ray, read as KubeRay reads them (apimachinery's ParseGeneric): an optional "v", at
 * least two numbers with dots between, and anything behind them, which does not count.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct version {
	uint64_t major, minor, patch; /* what is not written is 0; a fourth number does not count */
};

/*
 * "2.52.0", "v2.9", " 2.52.0rc1" are versions; "", "nightly", "2", "2.x", "02.1" and what has
 * a line break behind it (a YAML block) are none. White space in front is skipped.
 */
bool version_parse(struct str text, struct version *out);

/*
 * Of the tag of an image: rayproject/ray:2.9.3-py310-gpu is 2.9.3. The tag must begin with the
 * version. None where there is no tag, only a digest, or a tag such as latest or nightly.
 */
bool version_of_image(struct str image, struct version *out);
/* The tag of an image reference; the empty str when it has none. */
struct str version_image_tag(struct str image);
/*
 * Whether the image is one of Ray's own by its name, of whatever registry: …/ray or …/ray-ml. The
 * tag of any other image numbers something else.
 */
bool version_image_is_ray(struct str image);

/* <0, 0, >0 */
int version_cmp(struct version a, struct version b);
/* Whether `v` is major.minor.patch or later. */
bool version_at_least(struct version v, uint64_t major, uint64_t minor, uint64_t patch);
