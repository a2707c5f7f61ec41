# The same for people.
def pad(width): tostring | . + (" " * ([width - length, 1] | max));
# A list in lines of at most 80 columns, under one word.
def wrapped(word): reduce .[] as $item ([""];
    if (.[-1] == "") then .[-1] = $item
    elif ((.[-1] + ", " + $item) | length) <= 65 then .[-1] += ", " + $item
    else .[-1] += "," | . + [$item] end)
  | to_entries[] | "  \(if .key == 0 then word else "" end | pad(12))\(.value)";
def age: (now - fromdate) as $s
  | if $s < 120 then "\($s | floor) s" elif $s < 7200 then "\($s / 60 | floor) min" elif $s < 172800 then "\($s / 3600 | floor) h"
    else "\($s / 86400 | floor) days" end + " ago";

"\(.domain) · stack \(.stack) · \(.app.name) \(.app.version // "?") · federation \(.federation)",
"",
(if (.problems | length) == 0 then "everything is well" else (.problems[] | "\(.level | ascii_upcase)  \(.text)") end),
"",
((.services // [])[] | "  \(.name | pad(20))\(.state | pad(10))\((.health // "-") | pad(10))restarts \(.restarts)"),
"",
([(.queues // [])[] | "\(.name) \(.size)"] | wrapped("waiting")),
"  backup      \(if .backup.last then "\(.backup.type), \(.backup.last | age), \(.backup.count) in all, newest WAL \(.backup.walAge // "?") s old" else "none" end)",
((.backup.repositories // []) | select(length > 1) | [.[] | "repository \(.number) \(.count) backups"] | wrapped("")),
"  certificate \(if .certificate then "until \(.certificate.notAfter)" else "none" end)",
([(.disk // [])[] | "\(.path) \(.usedPercent) %"] | wrapped("disk")),
([(.timers // [])[] | "\(.name | rtrimstr(".timer")) \(.next // "never")"] | wrapped("timers")),
([(.refused // {}) | to_entries[] | "\(.key | rtrimstr("_refused")) \(.value)"] | wrapped("refused"))
