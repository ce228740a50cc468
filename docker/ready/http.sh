# Exits 0 when http://127.0.0.1:$1$2 answers 200. Needs bash only, so that a bare image can run it.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
read -r -t 4 -u 3 status
[[ $status == *' 200'* ]] || { echo "$2: ${status:-no answer}"; exit 1; }
