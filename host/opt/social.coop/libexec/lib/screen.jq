# What `instance status` prints for people, at most 80 columns wide.
def pad(width): tostring | . + (" " * ([width - length, 1] | max));
# A list in lines of at most 80 columns, under one word.
def wrapped(word): reduce .[] as $item ([""];
    if (.[-1] == "") then .[-1] = $item
    elif ((.[-1] + ", " + $item) | length) <= 65 then .[-1] += ", " + $item
    else .[-1] += "," | . + [$item] end)
  | to_entries[] | "  \(if .key == 0 then word else "" end | pad(12))\(.value)";
# Words in lines of so many columns.
def folded(width): reduce splits(" ") as $word ([""];
  if .[-1] == "" then .[-1] = $word elif (.[-1] | length) + ($word | length) < width then .[-1] += " " + $word else . + [$word] end);
def span: if . < 120 then "\(floor) s" elif . < 7200 then "\(. / 60 | floor) min" elif . < 172800 then "\(. / 3600 | floor) h"
  else "\(. / 86400 | floor) days" end;
def ago: now - fromdate | span + " ago";

def problem_lines: .problems[] | .level as $level | .about as $about | (.text | folded(60) | to_entries[])
  | if .key == 0 then "\($level | ascii_upcase | pad(8))\($about | pad(12))\(.value)" else "\(" " * 20)\(.value)" end;

def title: "\(.domain) · stack \(.stack) · \(.machine)",
  (if .role == "secondary" then "secondary: stands by, idle; replication is not set up"
  elif .copyOf then "a fenced copy of \(.copyOf): \(.app.name) \(.app.version // "?")"
  else "primary: serves \(.app.name) \(.app.version // "?"), federation \(.federation)" end);

def short: [
    (if .role == "secondary" then "This machine stands by: it serves nothing. The other one of the stack does." else empty end),
    if .problems == [] then "Everything is well." else problem_lines, "What to do: sudo instance runbook site-down" end
  ];

def job: "\(.name) \(if .running then "runs now" elif .last then .last | ago else "never ran" end)";

def seconds: if . == null then "not known" else span end;
def rehearsal: if .last then "\(.last.result) \(.last.ended | sub("\\.[0-9]+Z$"; "Z") | ago), RPO \(.last.rpoSeconds | seconds), TTR \(.last.ttrSeconds | seconds)" else "never" end;

def screen: [
    title, "",
    if .problems == [] then "everything is well" else problem_lines, "", "what to do: sudo instance runbook site-down" end,
    "",
    ((.services // [])[] | "  \(.name | pad(20))\(.state | pad(10))\((.health // "-") | pad(10))restarts \(.restarts)"),
    (if .role == "secondary" then "  images      \(.standby.images // 0) of \(.standby.wanted // "?")" else
      "",
      ([(.queues // [])[] | "\(.name) \(.size)"] | wrapped("waiting")),
      (if .copyOf then empty else
        "  backup      \(if .backup.last then "\(.backup.type), \(.backup.last | ago), \(.backup.count) in all, newest WAL \(.backup.walAge // "?") s old" else "none" end)",
        "  certificate \(if .certificate then "\((.certificate.notAfter | fromdate) - now | span) left" else "none" end)",
        "  rehearsal   \(.rehearsal | rehearsal)" end)
    end),
    ([(.disk // [])[] | "\(.path) \(.usedPercent) %"] | wrapped("disk")),
    ([(.timers // [])[] | job] | wrapped("jobs")),
    ([(.refused // {}) | to_entries[] | "\(.key | rtrimstr("_refused")) \(.value)"] | wrapped("refused")),
    "  reboot      \(if .reboot.needed then "needed" else "not needed" end)"
  ];
