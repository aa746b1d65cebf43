#!/bin/sh
# Stands before skopeo in PATH: `copy --all oci-archive:FILE containers-storage:[DRIVER@ROOT+RUNROOT]NAME`, which would go into real
# podman's store, is a load and a tag by $PODMAN. Everything else is skopeo's.
set -eu
case "$*" in
"copy --all oci-archive:"*" containers-storage:"*) ;;
*) exec /usr/bin/skopeo "$@" ;;
esac
archive=${3#oci-archive:}
name=${4#containers-storage:}
case $name in
"["*"]"*)
    where=${name%%]*}
    where=${where#[}
    name=${name#*]}
    set -- --storage-driver "${where%%@*}"
    where=${where#*@}
    if [ -n "$where" ]; then
        set -- "$@" --root "${where%%+*}" --runroot "${where#*+}"
    fi
    ;;
*) set -- ;;
esac
loaded=$("$PODMAN" "$@" load -q -i "$archive" | sed -n 's/^Loaded image[^:]*: *//p' | tail -n 1)
[ "$loaded" = "$name" ] || "$PODMAN" "$@" tag "$loaded" "$name"
