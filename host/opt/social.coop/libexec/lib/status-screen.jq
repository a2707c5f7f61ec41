# The same for people.
def pad(width): tostring | . + (" " * ([width - length, 1] | max));
def age: (now - fromdate) as $s
  | if $s < 120 then "\($s | floor) s" elif $s < 7200 then "\($s / 60 | floor) min" elif $s < 172800 then "\($s / 3600 | floor) h"
    else "\($s / 86400 | floor) days" end + " ago";

"\(.domain) · stack \(.stack) · \(.app.name) \(.app.version // "?") · federation \(.federation)",
"",
(if (.problems | length) == 0 then "everything is well" else (.problems[] | "\(.level | ascii_upcase)  \(.text)") end),
"",
((.services // [])[] | "  \(.name | pad(20))\(.state | pad(10))\((.health // "-") | pad(10))restarts \(.restarts)"),
"",
"  waiting     \([(.queues // [])[] | "\(.name) \(.size)"] | join(", "))",
"  backup      \(if .backup.last then "\(.backup.type), \(.backup.last | age), \(.backup.count) in all, newest WAL \(.backup.walAge // "?") s old" else "none" end)",
"  certificate \(if .certificate then "until \(.certificate.notAfter)" else "none" end)",
"  disk        \([(.disk // [])[] | "\(.path) \(.usedPercent) %"] | join(", "))",
"  timers      \([(.timers // [])[] | "\(.name | rtrimstr(".timer")) → \(.next // "never")"] | join(", "))",
"  refused     \([(.refused // {}) | to_entries[] | "\(.key | rtrimstr("_refused")) \(.value)"] | join(", "))"
