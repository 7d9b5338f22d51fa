#include <criterion/criterion.h>

#include "tests/support/verdict_grade.h"

#define WITH_WORKER_PARAM                                                                          \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"          \
	"  workerGroupSpecs:\n"                                                                    \
	"  - groupName: small\n"                                                                   \
	"    minReplicas: 0\n"                                                                     \
	"    maxReplicas: 1\n"                                                                     \
	"    rayStartParams: {%s: '%s'}\n"                                                         \
	"    template: {spec: {containers: [{name: worker, image: ray}]}}\n"

/* Ray reserves each port for one part of a node and ends where two want the same. */
Test(start_ports, ports_of_one_ray_that_are_the_same_are_told)
{
	static const struct {
		const char *params; /* the tail of a flow mapping that begins with a name */
		enum field_severity grade;
	} CASES[] = {
		{"8080', metrics-export-port: '8080", FIELD_SEVERITY_WARN},
		{"8080', metrics-export-port: '8081", FIELD_SEVERITY_OFF},
		{"0', dashboard-agent-grpc-port: '0", FIELD_SEVERITY_OFF},
		{"8080', metrics-export-port: '$PORT", FIELD_SEVERITY_OFF},
		{"12000', min-worker-port: '11000', max-worker-port: '13000", FIELD_SEVERITY_WARN},
		{"10999', min-worker-port: '11000', max-worker-port: '13000", FIELD_SEVERITY_OFF},
		{"12000', min-worker-port: '0', max-worker-port: '0", FIELD_SEVERITY_OFF},
		{"12000', min-worker-port: '11000', max-worker-port: '13000', worker-port-list: "
		 "'20000",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0414", WITH_WORKER_PARAM,
				     "dashboard-agent-listen-port", CASES[i].params),
			CASES[i].grade, "%s", CASES[i].params);
}

#define WITH_WORKER_PORTS                                                                          \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  rayVersion: 2.52.0\n"                                                                   \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {min-worker-port: '20000', max-worker-port: '20010', %s}\n"           \
	"    template: {spec: {containers: [{name: head, image: ray}]}}\n"

Test(start_ports, no_port_lies_among_those_of_the_workers)
{
	static const struct {
		const char *params;
		enum field_severity grade;
	} CASES[] = {
		{"node-manager-port: '19999'", FIELD_SEVERITY_OFF},
		{"node-manager-port: '20000'", FIELD_SEVERITY_ERROR},
		{"node-manager-port: '20010'", FIELD_SEVERITY_ERROR},
		{"node-manager-port: '20011'", FIELD_SEVERITY_OFF},
		{"node-manager-port: '20005', worker-port-list: '30000'", FIELD_SEVERITY_OFF},
		/* a warning only where nobody gave it */
		{"ray-client-server-port: '20005'", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0414", WITH_WORKER_PORTS, CASES[i].params),
			CASES[i].grade, "%s", CASES[i].params);
}

#define WITH_PARAMS                                                                                \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example, annotations: {ray.io/overwrite-container-cmd: '%s'}}\n"         \
	"spec:\n"                                                                                  \
	"  rayVersion: 2.52.0\n"                                                                   \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {%s}\n"                                                               \
	"    template: {spec: {containers: [{name: head, image: ray, ports: [{containerPort: "     \
	"1234}]}]}}\n"                                                                             \
	"  workerGroupSpecs:\n"                                                                    \
	"  - groupName: small\n"                                                                   \
	"    minReplicas: 0\n"                                                                     \
	"    maxReplicas: 1\n"                                                                     \
	"    rayStartParams: {%s}\n"                                                               \
	"    template: {spec: {containers: [{name: worker, image: ray}]}}\n"

/*
 * What Ray 2.52's RayParams says of each, together with the ports that `ray start` takes where it
 * is not told, and the two that KubeRay tells it.
 */
Test(start_ports, a_port_that_ray_takes_by_itself_is_nobody_elses)
{
	static const struct {
		const char *params;
		enum field_severity head, worker;
	} CASES[] = {
#define ERROR FIELD_SEVERITY_ERROR
#define WARN  FIELD_SEVERITY_WARN
#define OFF   FIELD_SEVERITY_OFF
		{"node-manager-port: '8265'", ERROR, WARN},
		{"node-manager-port: '8080'", ERROR, WARN},
		{"node-manager-port: '52365'", ERROR, WARN},
		{"node-manager-port: '16379'", ERROR, WARN},
		{"node-manager-port: '10002'", ERROR, WARN},
		{"node-manager-port: '19999'", ERROR, WARN},
		{"node-manager-port: '20000'", OFF, OFF},
		{"node-manager-port: '9999'", OFF, OFF},
		{"node-manager-port: '0'", OFF, OFF},
		/* A worker has no GCS. */
		{"node-manager-port: '6379'", ERROR, OFF},
		{"dashboard-port: '6379'", ERROR, OFF},
		/* A Ray without its client has no such port. */
		{"dashboard-port: '10001'", WARN, WARN},
		{"dashboard-port: '10001', ray-client-server-port: '10001'", ERROR, WARN},
		{"dashboard-port: '10001', ray-client-server-port: '9001'", OFF, OFF},
		/* Two certain reasons beside it. */
		{"dashboard-port: '10001', dashboard-agent-grpc-port: '10001'", ERROR, WARN},
		{"dashboard-port: '10001', min-worker-port: '9000'", ERROR, WARN},
		{"worker-port-list: '10001,20000,20000'", ERROR, WARN},
		{"dashboard-port: '8080', metrics-export-port: '8081'", OFF, OFF},
		{"dashboard-port: '8080', metrics-export-port: '0'", OFF, OFF},
		{"dashboard-port: '8080', metrics-export-port: $PORT", OFF, OFF},
		{"dashboard-port: '8080', metrics-export-port: 'x'", OFF, OFF},
		/* Ray 2.9 ends there, 2.46 takes the flag and does nothing with it. */
		{"dashboard-grpc-port: '10005'", WARN, WARN},
		{"dashboard-grpc-port: '8265'", WARN, WARN},
		{"dashboard-grpc-port: '10001'", WARN, WARN},
		{"dashboard-grpc-port: '20000'", OFF, OFF},
		{"dashboard-grpc-port: '20000', node-manager-port: '20000'", WARN, WARN},
		{"node-manager-port: '20000', dashboard-grpc-port: '20000'", WARN, WARN},
		{"dashboard-grpc-port: '20000', ray-client-server-port: '20000'", WARN, WARN},
		{"dashboard-grpc-port: '20000', worker-port-list: '20000'", WARN, WARN},
		/* A certain reason beside it. */
		{"dashboard-grpc-port: '8265', node-manager-port: '8265'", ERROR, WARN},
		{"dashboard-grpc-port: '6380', dashboard-port: '6380', metrics-export-port: '6380'",
			ERROR, WARN},
		{"min-worker-port: '5000'", ERROR, WARN},
		{"min-worker-port: '0'", ERROR, WARN},
		{"min-worker-port: '0', max-worker-port: '0'", OFF, OFF},
		{"min-worker-port: '0', max-worker-port: '2000'", OFF, OFF},
		{"min-worker-port: '0', max-worker-port: '7000'", ERROR, OFF},
		{"min-worker-port: '10001'", WARN, WARN},
		{"min-worker-port: '10002'", OFF, OFF},
		{"max-worker-port: '60000'", ERROR, WARN},
		{"max-worker-port: '52364'", OFF, OFF},
		{"max-worker-port: '0', node-manager-port: '16379'", OFF, OFF},
		{"max-worker-port: $MOST, node-manager-port: '16379'", OFF, OFF},
		{"worker-port-list: '20000,20001', node-manager-port: '16379'", OFF, OFF},
		{"worker-port-list: '20000,20000'", ERROR, WARN},
		{"worker-port-list: '20000,8265'", ERROR, WARN},
		{"worker-port-list: '6379'", ERROR, OFF},
		{"worker-port-list: '10001'", WARN, WARN},
		{"worker-port-list: '20000', node-manager-port: '20000'", ERROR, WARN},
		{"worker-port-list: '$PORTS'", OFF, OFF},
		{"worker-port-list: '20000,two'", OFF, OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const params = CASES[i].params;

		cr_expect_eq(verdict_grade("RG0414", WITH_PARAMS, "", params, ""), CASES[i].head,
			"head: %s", params);
		cr_expect_eq(verdict_grade("RG0414", WITH_PARAMS, "", "", params), CASES[i].worker,
			"worker: %s", params);
	}
}

#define OF_RAY                                                                                     \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    rayStartParams: {%s}\n"                                                               \
	"    template: {spec: {containers: [{name: head, image: '%s'}]}}\n"

/*
 * The RayParams and `ray start` of 1.3, 1.8, 1.13, 2.0 and 2.52: until 1.8 workers have ports up to
 * 10999, until 1.13 an agent listens where it likes. KubeRay's samples of then have 12345 and
 * 12346.
 */
Test(start_ports, what_an_older_ray_does_not_take_is_free)
{
	static const struct {
		const char *params;
		enum field_severity older, unknown, today;
	} CASES[] = {
		{"object-manager-port: '12345', node-manager-port: '12346'", OFF, WARN, ERROR},
		{"node-manager-port: '10999'", WARN, ERROR, ERROR},
		{"node-manager-port: '11000'", OFF, WARN, ERROR},
		{"node-manager-port: '11000', max-worker-port: '12000'", WARN, ERROR, ERROR},
		{"node-manager-port: '52365'", OFF, WARN, ERROR},
		{"worker-port-list: '52365'", OFF, WARN, ERROR},
		{"max-worker-port: '60000'", OFF, WARN, ERROR},
		{"max-worker-port: '8300', min-worker-port: '8200'", WARN, ERROR, ERROR},
		{"min-worker-port: '11000', max-worker-port: '60000'", OFF, WARN, ERROR},
		{"node-manager-port: '8265'", WARN, ERROR, ERROR},
		{"node-manager-port: '20000', object-manager-port: '20000'", WARN, ERROR, ERROR},
		/* Two reasons: the certain one counts. */
		{"node-manager-port: '12345', object-manager-port: '12345'", WARN, ERROR, ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const params = CASES[i].params;

		cr_expect_eq(verdict_grade("RG0414", OF_RAY, params, "rayproject/ray:1.8.0"),
			CASES[i].older, "1.8: %s", params);
		cr_expect_eq(verdict_grade("RG0414", OF_RAY, params, "rayproject/ray:1.13.0"),
			CASES[i].older, "1.13: %s", params);
		cr_expect_eq(verdict_grade("RG0414", OF_RAY, params, "example/our-ray:latest"),
			CASES[i].unknown, "unknown: %s", params);
		cr_expect_eq(verdict_grade("RG0414", OF_RAY, params, "rayproject/ray:2.0.0"),
			CASES[i].today, "2.0: %s", params);
	}
}

/* Then they are only a text in a variable. */
Test(start_ports, where_the_user_starts_ray_himself_they_are_warnings)
{
	cr_expect_eq(
		verdict_grade("RG0414", WITH_PARAMS, "true", "dashboard-port: '6379'", ""), WARN);
	cr_expect_eq(
		verdict_grade("RG0413", WITH_PARAMS, "true", "max-worker-port: '10001'", ""), WARN);
	cr_expect_eq(
		verdict_grade("RG0413", WITH_PARAMS, "", "max-worker-port: '10001'", ""), ERROR);
}

/* Ray takes 10002 and 19999. */
Test(start_ports, the_ports_of_workers_are_in_order_with_what_is_not_given)
{
	static const struct {
		const char *params;
		enum field_severity grade;
	} CASES[] = {
		{"min-worker-port: '19998'", OFF},
		{"min-worker-port: '19999'", ERROR},
		{"min-worker-port: '19999', worker-port-list: '20000'", ERROR},
		{"min-worker-port: '19999', max-worker-port: '0'", OFF},
		{"min-worker-port: '19999', max-worker-port: $MOST", OFF},
		{"min-worker-port: $LEAST, max-worker-port: '1024'", OFF},
		{"max-worker-port: '10002'", ERROR},
		{"max-worker-port: '10003'", OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0413", WITH_PARAMS, "", CASES[i].params, ""),
			CASES[i].grade, "%s", CASES[i].params);
}

/* To declare it would not help. */
Test(start_ports, a_port_that_somebody_else_has_is_not_to_be_declared)
{
	cr_expect_eq(verdict_grade("RG0411", WITH_PARAMS, "", "dashboard-port: '6379'", ""), OFF);
	cr_expect_eq(verdict_grade("RG0411", WITH_PARAMS, "", "port: '16379'", ""), OFF);
	cr_expect_eq(verdict_grade("RG0411", WITH_PARAMS, "",
			     "dashboard-port: '9000', node-manager-port: '9000'", ""),
		OFF);
	cr_expect_eq(verdict_grade("RG0411", WITH_PARAMS, "", "dashboard-port: '9000'", ""), WARN);
}

/* Leaving it out makes the mistake as well as writing it. */
Test(start_ports, an_update_that_takes_away_the_other_port_is_refused)
{
#define WITH_HEAD(params)                                                                          \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {headGroupSpec: "    \
	"{rayStartParams: {" params "}, template: {spec: {containers: [{name: c, image: "          \
	"'rayproject/ray:2.52.0'}]}}}}}"
	static const char MOVED[] =
		WITH_HEAD("node-manager-port: '8080', metrics-export-port: '8081'");
	static const char TAKEN[] = WITH_HEAD("node-manager-port: '8080'");
	static const char TAKEN_TOO[] = WITH_HEAD("node-manager-port: '8080', num-cpus: '1'");

	cr_expect_eq(verdict_grade_update("RG0414", MOVED, TAKEN), ERROR);
	cr_expect_eq(verdict_grade_update("RG0414", TAKEN, TAKEN_TOO), WARN);
}

Test(start_ports, who_has_the_port_is_told)
{
#define CHANGE ": Ray does not start with one port twice; change one"
	static const struct {
		const char *manifest, *words;
	} CASES[] = {
		{WITH_HEAD("port: '9000', node-manager-port: '9000'"),
			"is also the port of \"port\"" CHANGE},
		{WITH_HEAD("port: '8080'"),
			"is also the port of \"metrics-export-port\" (KubeRay gives it 8080 where "
			"it is not given)" CHANGE},
		{WITH_HEAD("port: '8265'"), "is also the port of \"dashboard-port\" (8265 where it "
					    "is not given)" CHANGE},
		{WITH_HEAD("port: '16379'"), "is one of the workers' ports, 10002 to 19999" CHANGE},
		{WITH_HEAD("min-worker-port: '5000'"), "makes 5000 to 19999 the workers' ports, "
						       "and among them is that of \"port\" "
						       "(6379 where it is not given)" CHANGE},
		{WITH_HEAD("worker-port-list: '20000,6379'"),
			"holds 6379, also the port of \"port\" (6379 where it is not "
			"given)" CHANGE},
		{WITH_HEAD("worker-port-list: '20000,20000'"), "holds 20000 twice" CHANGE},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0414", CASES[i].manifest, CASES[i].words);
}
