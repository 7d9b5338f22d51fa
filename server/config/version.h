/* The version of the program; the `since` of a rule is one of these. */
#pragma once

#define RAYGATE_VERSION "0.1.0"
