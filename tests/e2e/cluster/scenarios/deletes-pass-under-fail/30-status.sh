kubectl patch rayclusters.ray.io notebook --subresource status --type merge -p '{"status":{"state":"ready"}}'
