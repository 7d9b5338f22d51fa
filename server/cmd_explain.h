/* `raygate explain`: why a RayCluster is not (yet) what was asked for. */
#pragma once

int cmd_explain(int argc, char **argv);
