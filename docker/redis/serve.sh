# Redis on port $1 of address $2, for those who know REDIS_PASSWORD. Its settings come by its standard input, so that the
# password is in no argument, which everybody on the machine may read. A title of its own would overwrite the environment
# by which its process is known. Nothing is kept: a restart forgets all.
exec redis-server - <<SETTINGS
bind $2
port $1
requirepass ${REDIS_PASSWORD:?}
save ""
appendonly no
daemonize no
set-proc-title no
SETTINGS
