# Exits 0 when Redis at 127.0.0.1:$1 knows REDIS_PASSWORD and answers: one that still loads says so instead. Needs bash only.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'AUTH %s\r\nPING\r\n' "$REDIS_PASSWORD" >&3
read -r -t 4 -u 3 known
read -r -t 4 -u 3 answer
[[ $answer == +PONG* ]] || { echo "not answering yet (${known:-no answer}, ${answer:-no answer})"; exit 1; }
