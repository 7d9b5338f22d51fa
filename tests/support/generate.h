/*
 * Random RayClusters of both dialects, and RayJobs, RayServices and RayCronJobs around one, right
 * and wrong ones, from a seed: the same seed gives the same object. For properties that must hold
 * of every object.
 */
#pragma once

#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

/* `mistakes`: one field in so many is wrong; 0 makes objects that every rule accepts. */
struct str generate_object(struct arena *arena, uint64_t seed, unsigned mistakes);
/* A policy with random defaults and profiles, as JSON. */
struct str generate_policy(struct arena *arena, uint64_t seed);
