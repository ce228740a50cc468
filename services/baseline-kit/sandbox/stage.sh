# Runs as root in a mount namespace of its own: puts a program that lies in a folder closed to others, such as a home,
# where the user that a sandboxed program is lent can reach it. Nothing of it is left when the namespace ends.
# Arguments: a directory to put it in, as `program`; its path; then the command line to go on with.
set -e
place=$1 program=$2
shift 2

# Opened first: the directory may be the one that it lies in.
exec 3< "$program"
mount -t tmpfs -o size=64k,mode=0755,nosuid,nodev stage "$place"
: > "$place/program"
mount --no-canonicalize --bind /proc/self/fd/3 "$place/program"
exec 3<&-
exec "$@"
