# What `instance verify` prints for people, at most 80 columns wide.
include "screen";

def counted($status): [.checks[] | select(.status == $status)] | length;

(.checks[]
  | (.status | if . == "passed" then . else ascii_upcase end | pad(12)) as $status
  | (.check | pad(18)) as $name
  # A reason stands below, where there is one.
  | ([.figure, .reason] | map(select(. != "")) | join(": ") | gsub("(?<long>\\S{48})"; "\(.long) ") | folded(48) | to_entries[])
  | if .key == 0 then $status + $name + .value else (" " * 30) + .value end),
"",
"\(counted("passed")) passed, \(counted("failed")) failed, \(counted("not-tested")) not tested"
