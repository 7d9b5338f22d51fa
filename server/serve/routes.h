/* The paths of both ports: the few lines between HTTP and what each path is for. */
#pragma once

#include "server/http/router.h"
#include "server/serve/app.h"

enum { ROUTES_WEBHOOK = 2, ROUTES_OPS = 5 };

/* POST /mutate and /validate. The tables point to `app`. */
void routes_webhook(struct app *app, struct http_route out[ROUTES_WEBHOOK]);
/* GET /healthz, /livez, /readyz, /metrics and / */
void routes_ops(struct app *app, struct http_route out[ROUTES_OPS]);
