# Suspended it has no pods, and says so; resumed it has them again.
. "$HERE/lib/keeper.sh"
kubectl patch rayclusters.ray.io minimal --type merge -p '{"spec":{"suspend":true}}'
eventually keeper_is minimal suspended
keeper_has minimal 0
kubectl patch rayclusters.ray.io minimal --type merge -p '{"spec":{"suspend":null}}'
eventually keeper_is minimal ready
keeper_has minimal 2
