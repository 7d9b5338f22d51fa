/* Floats as Go writes them: what comes out of kubectl, and of KubeRay. */
#pragma once

#include "base/buf.h"

/* As Go writes a float64 into JSON; `value` is finite. */
void yaml_float_add(struct buf *out, double value);
/* As sigs.k8s.io/yaml makes a key of a float: in single precision, an exponent from 1e6 on. */
void yaml_float_add_key(struct buf *out, double wide);
