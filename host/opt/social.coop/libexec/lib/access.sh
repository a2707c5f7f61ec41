# shellcheck shell=bash
# Who may log in: used by apply, and by `instance access` when it must not wait for one.

keys_directory=/etc/ssh/authorized_keys.d

# Accounts that are admins now, one a line.
admins() { getent group coop-admins | cut -d: -f4 | tr , '\n' | sed '/^$/d'; }

# Pids of whatever somebody started, also as root through sudo: the kernel remembers who logged in.
processes_of() {
  local uid
  uid=$(id -u "$1")
  {
    pgrep --uid "$uid" || true
    pgrep --euid "$uid" || true
    { grep --no-messages --files-with-matches --line-regexp "$uid" /proc/[0-9]*/loginuid || true; } | cut -d/ -f3
    { grep --no-messages --files-with-matches --fixed-strings "/user-$uid.slice/" /proc/[0-9]*/cgroup || true; } | cut -d/ -f3
  } | sort -u
}

end_processes() {
  local name=$1 pids
  loginctl disable-linger "$name" 2>/dev/null || true
  loginctl terminate-user "$name" 2>/dev/null || true
  # What is being started while others are ended is caught by the next round.
  for _ in 1 2 3 4 5; do
    mapfile -t pids < <(processes_of "$name")
    [ "${#pids[@]}" -gt 0 ] || return 0
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.2
  done
  fail "processes of $name do not end: ${pids[*]} — this machine — see \`ps -fp ${pids[0]}\`"
}

# Closes an account for good: no key, no password, no sudo, nothing running, nothing that starts by itself.
close_access() {
  local name=$1
  rm -f "$keys_directory/$name"
  usermod --lock --expiredate 1 "$name"
  rm -f "/var/spool/cron/crontabs/$name"
  end_processes "$name"
  # Last: an apply that was stopped before sees by it that there is something left to do.
  if admins | grep -xF -- "$name" >/dev/null; then gpasswd --delete "$name" coop-admins >/dev/null; fi
}
