# Exits 0 when PostgreSQL at 127.0.0.1:$1 takes connections to database $3 of user $2: it answers a startup message
# with a demand for credentials. Needs bash only. Source: PostgreSQL documentation, "Message Formats", StartupMessage.
user=$2 database=$3
length=$((8 + 5 + ${#user} + 1 + 9 + ${#database} + 1 + 1))
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf "\\x00\\x00\\x00\\x$(printf %02x "$length")\\x00\\x03\\x00\\x00user\\x00%s\\x00database\\x00%s\\x00\\x00" "$user" "$database" >&3
read -r -t 4 -n 1 -u 3 answer
[[ $answer == R ]] || { echo "not taking connections yet (${answer:-no answer})"; exit 1; }
