#!/bin/sh
# Becomes the program PROGRAM in the network of the process NETWORK_HOLDER.
exec nsenter --target "$NETWORK_HOLDER" --user --preserve-credentials --net -- "$PROGRAM" "$@"
