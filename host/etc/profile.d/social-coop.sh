# Whoever logs in at a terminal sees what is wrong now; every other connection is left alone.
if [ -n "${SSH_TTY:-}" ] && [ -t 1 ] && [ -z "${SOCIAL_COOP_GREETED:-}" ]; then
  export SOCIAL_COOP_GREETED=yes
  # What is typed meanwhile is for the shell.
  if [ "$(id -u)" -eq 0 ]; then set -- /usr/local/bin/instance; else set -- sudo -n /usr/local/bin/instance; fi
  timeout --foreground 6 "$@" status --short </dev/null 2>/dev/null ||
    echo "The machine is slow to say how it is; look with: sudo instance status"
  set --
  echo
fi
