# Whoever logs in at a terminal sees what is wrong now; every other connection is left alone.
if [ -n "${SSH_TTY:-}" ] && [ -t 1 ] && [ -z "${SOCIAL_COOP_GREETED:-}" ]; then
  export SOCIAL_COOP_GREETED=yes
  timeout --foreground 5 sudo -n /usr/local/bin/instance status --short 2>/dev/null ||
    echo "The machine is slow to say how it is; look with: sudo instance status"
  echo
fi
