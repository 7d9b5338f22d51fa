#include "server/controller/deflated.h"

#include <assert.h>
#include <stdlib.h>

#include <zlib.h>

/* A raw stream, whose window holds the dictionary and most objects; the memory of both is ours. */
enum { WINDOW_BITS = -14, MEMORY_LEVEL = 7, LEVEL = 4 };

/*
 * What nearest the end is cheapest to name, so the words of the modern dialect come last. Whatever
 * stands here changes sizes alone: nothing is kept longer than the process.
 */
static const char DICTIONARY[] =
	"{\"secretName\":\"persistentVolumeClaim\":{\"claimName\":\"nodeSelector\":{"
	"\"tolerations\":[{"
	"\"effect\":\"NoSchedule\",\"key\":\"nvidia.com/"
	"gpu\",\"operator\":\"Exists\"}],\"affinity\":{"
	"\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":{"
	"\"nodeSelectorTerms\":["
	"{\"matchExpressions\":[{\"values\":[\"securityContext\":{\"runAsUser\":"
	"\"allowPrivilegeEscalat"
	"ion\":false,\"capabilities\":{\"drop\":[\"ALL\"]}\"imagePullSecrets\":[{\"name\":"
	"\"priorityCla"
	"ssName\":\"terminationGracePeriodSeconds\":\"livenessProbe\":{\"readinessProbe\":{"
	"\"exec\":{\""
	"command\":[\"initialDelaySeconds\":\"periodSeconds\":\"timeoutSeconds\":"
	"\"failureThreshold\":"
	"\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"status.podIP\"}}\"secretKeyRef\":{\"key\":"
	"{\"apiVersion\":\"cluster.ray.io/"
	"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"finalizers\":["
	"\"upscalingSpeed\":1,\"idleTimeoutMinutes\":5,\"maxWorkers\":3,\"headPodType\":"
	"\"rayHeadType\","
	"\"podTypes\":[{\"maxWorkers\":0,\"minWorkers\":2,\"name\":\"rayWorkerType\",\"podConfig\":"
	"{"
	"\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"-ray-head-type-\"}"
	","
	"\"spec\":{\"restartPolicy\":\"Never\",\"volumes\":[{\"emptyDir\":{\"medium\":\"Memory\"},"
	"\"name\":\"dshm\"}],\"containers\":[{\"name\":\"ray-node\",\"imagePullPolicy\":\"Always\","
	"\"command\":[\"/bin/bash\",\"-c\",\"--\"],\"args\":[\"trap : TERM INT; sleep infinity & "
	"wait;\"],"
	"\"ports\":[{\"containerPort\":6379,\"protocol\":\"TCP\"},{\"containerPort\":10001},{"
	"\"containerPo"
	"rt\":8265},{\"containerPort\":8000}],\"volumeMounts\":[{\"mountPath\":\"/dev/"
	"shm\",\"name\":"
	"\"dshm\"}],\"rayResources\":{\"CPU\":1,\"memory\":1073741824},\"headStartRayCommands\":["
	"\"ray "
	"stop\",\"ulimit -n 65536; ray start --head --no-monitor --dashboard-host "
	"0.0.0.0\"],\"workerSta"
	"rtRayCommands\":[\"ray stop\",\"ulimit -n 65536; ray start --address=$RAY_HEAD_IP:6379\"],"
	"\"status\":{\"phase\":\"Running\",\"autoscalerRetries\":0,\"availableWorkerReplicas\":"
	",\"conditions\":[{\"lastTransitionTime\":\"2026-01-01T00:00:00Z\",\"message\":\"\","
	"\"observedGen"
	"eration\":1,\"reason\":\"AllPodRunningAndReadyFirstTime\",\"status\":\"True\",\"type\":"
	"\"RayCluste"
	"rProvisioned\"},{\"reason\":\"HeadPodRunningAndReady\",\"type\":\"HeadPodReady\"},{"
	"\"reason\":\"Ac"
	"cepted\",\"type\":\"Accepted\"},{\"reason\":\"RayClusterSuspended\",\"type\":"
	"\"RayClusterSuspendin"
	"g\"},{\"status\":\"False\"}],\"desiredCPU\":\"4\",\"desiredGPU\":\"0\",\"desiredMemory\":"
	"\"8Gi\","
	"\"desiredTPU\":\"0\",\"desiredWorkerReplicas\":3,\"endpoints\":{\"client\":\"10001\","
	"\"dashboard\":"
	"\"8265\",\"gcs-server\":\"6379\",\"metrics\":\"8080\",\"serve\":\"8000\"},\"head\":{"
	"\"podIP\":\"10."
	"0.0.1\",\"podName\":\"-head-\",\"serviceIP\":\"10.0.0.1\",\"serviceName\":\"-head-svc\"},"
	"\"lastUpd"
	"ateTime\":\"2026-01-01T00:00:00Z\",\"maxWorkerReplicas\":3,\"minWorkerReplicas\":3,"
	"\"observedGen"
	"eration\":1,\"readyWorkerReplicas\":3,\"state\":\"ready\",\"stateTransitionTimes\":{"
	"\"ready\":"
	"\"2026-01-01T00:00:00Z\"}}{\"apiVersion\":\"ray.io/"
	"v1\",\"kind\":\"RayCluster\",\"metadata\":{"
	"\"annotations\":{\"raygate.dev/"
	"defaulted\":\"\"},\"creationTimestamp\":\"2026-01-01T00:00:00Z\","
	"\"generation\":1,\"labels\":{\"app.kubernetes.io/"
	"name\":\"\"},\"name\":\"raycluster-\",\"namespace"
	"\":\"default\",\"resourceVersion\":\"\",\"uid\":\"-4\"},\"spec\":{\"autoscalerOptions\":{"
	"\"idleTim"
	"eoutSeconds\":60,\"imagePullPolicy\":\"IfNotPresent\",\"upscalingMode\":\"Default\"},"
	"\"enableInTre"
	"eAutoscaling\":true,\"gcsFaultToleranceOptions\":{\"redisAddress\":\"redis:6379\"},"
	"\"headGroupSpec"
	"\":{\"rayStartParams\":{\"dashboard-host\":\"0.0.0.0\",\"num-cpus\":\"0\"},"
	"\"serviceType\":\"Clust"
	"erIP\",\"template\":{\"metadata\":{\"labels\":{}},\"spec\":{\"containers\":[{\"env\":[{"
	"\"name\":"
	"\"RAY_\",\"value\":\"1\"}],\"image\":\"rayproject/"
	"ray:2.52.0\",\"name\":\"ray-head\",\"ports\":[{"
	"\"containerPort\":6379,\"name\":\"gcs-server\",\"protocol\":\"TCP\"},{\"containerPort\":"
	"8265,\"nam"
	"e\":\"dashboard\",\"protocol\":\"TCP\"},{\"containerPort\":10001,\"name\":\"client\","
	"\"protocol\":"
	"\"TCP\"}],\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"2Gi\"},\"requests\":{"
	"\"cpu\":\"500"
	"m\",\"memory\":\"1Gi\"}},\"volumeMounts\":[{\"mountPath\":\"/tmp/"
	"ray\",\"name\":\"ray-logs\"}]}],"
	"\"volumes\":[{\"emptyDir\":{},\"name\":\"ray-logs\"}]}}},\"rayVersion\":\"2.52.0\","
	"\"suspend\":fal"
	"se,\"workerGroupSpecs\":[{\"groupName\":\"workergroup\",\"maxReplicas\":10,"
	"\"minReplicas\":1,\"num"
	"OfHosts\":1,\"rayStartParams\":{},\"replicas\":1,\"scaleStrategy\":{\"workersToDelete\":[]"
	"},\"temp"
	"late\":{\"spec\":{\"containers\":[{\"image\":\"rayproject/"
	"ray:2.52.0\",\"name\":\"ray-worker\",\"r"
	"esources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"1\","
	"\"memory\":"
	"\"1Gi\"}}}]}}}]}}";

struct deflater {
	z_stream out, in;
	unsigned char *room; /* for what comes of a text */
	size_t room_size;
};

struct deflater *deflater_new(void)
{
	struct deflater *const d = mem_alloc(sizeof(*d));
	const int out = deflateInit2(
		&d->out, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
	const int in = inflateInit2(&d->in, WINDOW_BITS);

	/* Nothing but memory can be lacking, which mem.h never survives either. */
	assert(out == Z_OK && in == Z_OK);
	(void)out;
	(void)in;
	return d;
}

void deflater_free(struct deflater **deflater)
{
	if (*deflater == NULL)
		return;
	deflateEnd(&(*deflater)->out);
	inflateEnd(&(*deflater)->in);
	free((*deflater)->room);
	mem_free(deflater);
}

static void make_room(struct deflater *d, size_t least)
{
	if (d->room_size >= least)
		return;
	d->room = mem_resize(d->room, least);
	d->room_size = least;
}

/* zlib takes what it reads without const where it was built for old compilers. */
static unsigned char *bytes_of(const void *at)
{
	return (unsigned char *)(uintptr_t)at;
}

struct deflated *deflater_pack(struct deflater *d, struct str text)
{
	z_stream *const z = &d->out;

	assert(text.len <= UINT32_MAX);
	deflateReset(z);
	deflateSetDictionary(z, bytes_of(DICTIONARY), sizeof(DICTIONARY) - 1);
	make_room(d, deflateBound(z, (uLong)text.len));
	z->next_in = bytes_of(text.at);
	z->avail_in = (uInt)text.len;
	z->next_out = d->room;
	z->avail_out = (uInt)d->room_size;
	const int end = deflate(z, Z_FINISH);
	const size_t size = d->room_size - z->avail_out;
	struct deflated *const packed = mem_resize(NULL, sizeof(*packed) + size);

	assert(end == Z_STREAM_END);
	(void)end;
	packed->size = (uint32_t)size;
	packed->len = (uint32_t)text.len;
	memcpy(packed->bytes, d->room, size);
	return packed;
}

struct str deflater_unpack(struct deflater *d, const struct deflated *packed, struct arena *arena)
{
	z_stream *const z = &d->in;

	if (packed == NULL)
		return STR("");
	char *const text = arena_alloc(arena, (size_t)packed->len + 1);

	inflateReset(z);
	inflateSetDictionary(z, bytes_of(DICTIONARY), sizeof(DICTIONARY) - 1);
	z->next_in = bytes_of(packed->bytes);
	z->avail_in = packed->size;
	z->next_out = (unsigned char *)text;
	z->avail_out = packed->len;
	const int end = inflate(z, Z_FINISH);

	/* An empty text has no room for what marks its end. */
	assert(end == Z_STREAM_END || packed->len == 0);
	(void)end;
	return (struct str){text, packed->len};
}
