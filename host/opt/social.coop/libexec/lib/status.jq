# One object out of the parts that `instance status` gathered; a part that did not answer is null.
include "checks";

def part(name): $ARGS.named[name] // [null] | .[0];

def job_problems:
  if . == null then red("jobs"; "cannot be read")
  else (.[] | job_problem), (map(select(is_to_come) | .name) | if . == [] then empty else yellow("jobs"; "the first run is still to come of \(join(", "))") end)
  end;

# Those that our own tree enabled beside timers' jobs; anybody else's is worth a look.
def unit_problems($jobs):
  (. // [])[] | select(rtrimstr(".service") as $name | all($jobs[]; . != $name))
  | if test("^(docker|nginx|ssh|social-coop-firewall|systemd-journald|backups-storage|repo2-storage|media-storage)\\.") then red("units"; "\(.) has failed")
    else yellow("units"; "\(.) has failed") end;

def everywhere:
  (.disk | disk_problems),
  (.timers | job_problems),
  ([(.timers // [])[].name] as $jobs | .failed | unit_problems($jobs)),
  (if .refused == null then red("firewall"; "is not there") else empty end),
  ((.drift // [])[] | yellow("drift"; "\(.path) was changed by hand\(if .kept then " (kept)" else "" end)")),
  (if .reboot.needed then yellow("reboot"; "needed: \(.reboot.why)") else empty end);

def site_problems:
  if .site == null then red("site"; "cannot be asked")
  elif .site.nginx != "active" then red("site"; "nginx is \(.site.nginx)")
  elif .site.code == 200 or (.maintenance.on and .site.code == 503) then empty
  elif .site.code == 0 then red("site"; "nginx does not answer")
  else red("site"; "nginx answers \(.site.code) instead of the app’s pages") end;

def service_problems($expected):
  if .services == null then red("services"; "Docker does not answer")
  else
    ([.services[].name] as $there | ($expected // [])[] | select(IN($there[]) | not) | red("services"; "\(.) does not exist")),
    (.services[] | select(.state != "running" or (.health // "healthy") != "healthy")
      | red("services"; "\(.name) is \(.state)\(if .health and .state == "running" then ", \(.health)" else "" end)\(if .outOfMemory then ", out of memory" else "" end)"))
  end;

# Five minutes of waiting is slow, half an hour is broken.
def queue_problems:
  if .queues == null then red("queues"; "cannot be read")
  else .queues[]
    | (if .processes == 0 then red("queues"; "nobody works on \(.name)") else empty end),
      (select(.processes != null and .latency >= 300)
        | problem(if .latency >= 1800 then "red" else "yellow" end; "queues"; "\(.name): \(.size) wait, the oldest for \(.latency / 60 | floor) min"))
  end;

def backup_problems:
  # One is taken every hour; a full one may take some, and the next waits for its end.
  (if .backup.last == null then red("backup"; "none is known")
    elif age(.backup.last) > 26 * 3600 then red("backup"; "the last is \(age(.backup.last) / 3600 | floor) h old")
    elif age(.backup.last) > 3 * 3600 then yellow("backup"; "the last is \(age(.backup.last) / 3600 | floor) h old")
    else empty end),
  ((.backup.repositories // []) as $all
    | ($all | map(select(.last) | .last | fromdate) | max) as $newest
    | $all[] | select(.number != 1 or ($all | length) > 1)
    | if .sound | not then red("backup"; "repository \(.number): \(.says | split("\n") | first)")
      elif .last == null then red("backup"; "repository \(.number) holds none")
      elif $newest - (.last | fromdate) > 86400 then red("backup"; "repository \(.number) is a day or more behind the other")
      else empty end),
  # A heartbeat is written every second, and the database's restart is over in some.
  (if .backup.heartbeatAge == null then red("backup"; "there is no heartbeat")
    elif .backup.heartbeatAge > 60 then red("backup"; "the last heartbeat is \(.backup.heartbeatAge) s old")
    else empty end),
  (if .backup.failing then red("backup"; "archiving fails\(if .backup.walAge then ", the last time it worked was \(.backup.walAge / 60 | floor) min ago" else "" end): \(.backup.waiting) WAL segments wait on this disk")
    elif .backup.walAge == null then red("backup"; "no WAL was archived yet")
    else empty end);

def standby_problems:
  if .standby == null then red("services"; "Docker does not answer")
  else
    (if .standby.running > 0 then red("services"; "\(.standby.running) container(s) of the app run on a machine that stands by") else empty end),
    (if .standby.images < .standby.wanted then red("services"; "\(.standby.wanted - .standby.images) image(s) are missing") else empty end)
  end;

def fence_problems:
  if .fence.up | not then red("fence"; "is down: stop this machine")
  elif .fence.dropped != "" then red("fence"; "was down at \(.fence.dropped): it is back, and the app was stopped")
  else empty end;

def app_problems:
  if (.app.version // "") | startswith($expectedVersion) then empty
  else red("app"; "says version \(.app.version // "nothing"), expected is \($expectedVersion)") end;

{
  domain: $domain, stack: $stack, machine: $machine, role: $role, federation: $federation, applied: $hash,
  disk: part("disk"), timers: part("timers"), refused: part("refused"), failed: part("failed"), reboot: part("reboot"),
  drift: (part("drift") // [])
}
+ (if $role == "secondary" then {standby: part("standby")} else {
    app: {name: $app, version: part("version"), expected: $expectedVersion},
    maintenance: {on: ($maintenance != ""), since: (if $maintenance == "" then null else $maintenance end)},
    site: part("site"), services: part("services"), queues: part("queues"), backup: part("backup"), certificate: part("certificate")
  } end)
+ (if $copyOf == "" then (if $role == "secondary" then {} else {rehearsal: part("rehearsal")} end) else {copyOf: $copyOf, fence: part("fence")} end)
| .problems = ([
    (if $role == "secondary" then standby_problems
    elif $copyOf != "" then fence_problems, service_problems(part("expected")), app_problems, queue_problems
    else
      (if .maintenance.on then yellow("maintenance"; "the page is up since \(.maintenance.since)") else empty end),
      site_problems, service_problems(part("expected")), app_problems, queue_problems, backup_problems,
      (.certificate | certificate_problems), (.rehearsal | rehearsal_problems($stack))
    end),
    everywhere
  ]
  # What took too long is not known; that it did is all that can be said of it.
  | ($late | split(" ") | map(select(. != "" and . != "services" and . != "standby")
      | {version: "app", timers: "jobs", refused: "firewall", failed: "units"}[.] // .)) as $late
  | map(select(.about | IN($late[]) | not)) + ($late | map(red(.; "did not answer within \($limit) s")))
  | sort_by(if .level == "red" then 0 else 1 end))
