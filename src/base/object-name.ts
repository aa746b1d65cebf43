/** podman's rule for the names of containers, volumes and networks. */
export const objectName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
