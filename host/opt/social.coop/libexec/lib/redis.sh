# shellcheck shell=bash
# Changing the password of Redis while clients use the old one: for that time it opens to both.

redis_password() { sed -n 's/^requirepass "\(.*\)"$/\1/p' "$1" 2>/dev/null || true; }

# shellcheck disable=SC2154
redis_applied=$state/applied/tree
redis_conf=/etc/social.coop/redis/redis.conf

# Commands on stdin, after the password on its first line: neither shows in a list of processes.
redis_commands() {
  # shellcheck disable=SC2016
  docker exec --interactive instance-redis-1 sh -c 'IFS= read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli' 2>/dev/null
}

redis_opens() { printf '%s\nPING\n' "$1" | redis_commands | grep -xF PONG >/dev/null; }

# Opens Redis to the password of its file and to that of the last apply, whichever it knows now.
redis_accept_both() {
  local new old known
  new=$(redis_password "$redis_conf")
  old=$(redis_password "$redis_applied$redis_conf")
  for known in "$new" "$old"; do
    if [ -n "$known" ] && redis_opens "$known"; then
      printf '%s\nACL SETUSER default >%s >%s\n' "$known" "$new" "${old:-$new}" | redis_commands | grep -xF OK >/dev/null
      return
    fi
  done
  return 1
}

redis_forget_old() {
  local new
  new=$(redis_password "$redis_conf")
  printf '%s\nACL SETUSER default resetpass >%s\n' "$new" "$new" | redis_commands | grep -xF OK >/dev/null
}
