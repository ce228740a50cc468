# Runs in new user, mount, PID and network namespaces and turns them into a place with nothing to harm:
# a small root in memory, the system's programs, an empty /proc of its own, no network device that is up.
# Arguments: directory to build the root on, its size in bytes, file to write standard input to,
# program to bind (or "-"), then the command line to run; its exit status (128 + signal) is passed on.
set -e
root=$1 size=$2 file=$3 program=$4
shift 4

mount -t tmpfs -o "size=$size,mode=0755,nosuid,nodev" sandbox "$root"
mkdir "$root/usr" "$root/proc" "$root/dev" "$root/tmp" "$root/etc"
mount --rbind /usr "$root/usr"
for name in bin sbin lib lib64; do
  if [ -L "/$name" ]; then
    cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir "$root/$name"
    mount --rbind "/$name" "$root/$name"
  fi
done
for name in null zero full random urandom; do
  : > "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
if [ "$program" != - ] && [ ! -e "$root$program" ]; then
  mkdir -p "$root${program%/*}"
  : > "$root$program"
  mount --bind "$program" "$root$program"
fi
# What is bound here can be changed by nobody in here: a user that is root inside may own it outside. The flags of a
# mount stay as they are, for the kernel lets no namespace loosen them, and `ro` comes in front. (Devices are root's.)
# It hangs on the root, the last one at its place: what was mounted below that place before lies hidden, and is listed too.
mounts=$(cat /proc/self/mountinfo)
while read -r id _ _ _ point _; do
  if [ "$point" = "$root" ]; then ours=" $id "; fi
done <<EOF
$mounts
EOF
while read -r id parent _ _ point flags _; do
  case $ours in *" $parent "*) ours="$ours$id " ;; *) continue ;; esac
  case $point in
    "$root"/dev/*) ;;
    # Spaces and the like are written in octal (proc_pid_mountinfo(5)).
    *) mount -o "remount,bind,ro,${flags#r?,}" "$(printf "$point")" ;;
  esac
done <<EOF
$mounts
EOF
# Where an engine masks parts of /proc the kernel refuses a new one; the programs then do without.
mount -t proc -o nosuid,nodev,noexec proc "$root/proc" 2>/dev/null || true

cat > "$root/tmp/$file"
cd "$root"
# Not exec: the first process of a PID namespace is immune to the signals by which limits are enforced.
# The namespace, and all that is left in it, ends with this shell.
status=0
chroot . setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@" || status=$?
exit "$status"
