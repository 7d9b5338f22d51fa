/*
 * RayClusters of both dialects that ask for nothing, as JSON in a literal: with them a policy is
 * tried, and a gate is asked whether it answers.
 */
#pragma once

#define BARE_CLUSTER_MODERN(name)                                                                  \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"" name     \
	"\",\"namespace\":\"default\"},\"spec\":{\"rayVersion\":\"2.52.0\",\"headGroupSpec\":{"    \
	"\"rayStartParams\":{},\"template\":{\"spec\":{\"containers\":[{\"name\":\"ray-head\","    \
	"\"image\":\"rayproject/ray:2.52.0\"}]}}},\"workerGroupSpecs\":[{\"groupName\":"           \
	"\"workers\",\"replicas\":1,\"minReplicas\":1,\"maxReplicas\":1,\"rayStartParams\":{},"    \
	"\"template\":{\"spec\":{\"containers\":[{\"name\":\"ray-worker\",\"image\":"              \
	"\"rayproject/ray:2.52.0\"}]}}}]}}"

#define BARE_CLUSTER_LEGACY_POD(prefix)                                                            \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"" prefix         \
	"\"},\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"ray-node\","        \
	"\"image\":\"rayproject/ray:1.13.0\"}]}}"

#define BARE_CLUSTER_LEGACY(name)                                                                  \
	"{\"apiVersion\":\"cluster.ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"    \
	"\"" name "\",\"namespace\":\"default\"},\"spec\":{\"maxWorkers\":1,\"headPodType\":"      \
	"\"head\",\"headStartRayCommands\":[\"ray start --head --no-monitor\"],\"podTypes\":[{"    \
	"\"name\":\"head\",\"podConfig\":" BARE_CLUSTER_LEGACY_POD(                                \
		"head-") "},{\"name\":"                                                            \
			 "\"workers\",\"minWorkers\":1,\"maxWorkers\":1,"                          \
			 "\"podConfig\":" BARE_CLUSTER_LEGACY_POD("worker-") "}]}}"
