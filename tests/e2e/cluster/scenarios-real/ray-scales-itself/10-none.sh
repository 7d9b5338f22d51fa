. ./lib.sh
for version in v1 v2; do
	sed "s/VERSION/$version/" cluster.yaml | kubectl apply -f -
done
for version in v1 v2; do
	ray_complete "$version" 0
done
