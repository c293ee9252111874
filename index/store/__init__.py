"""The data directory: generations, their manifests, the writer's lock, files safe from a crash."""
