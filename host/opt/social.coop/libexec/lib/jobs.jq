# What jobs.sh lists, as one object a timer.
def seconds: ltrimstr("@") | tonumber? // null;
# systemd writes a timer’s next time as a date, whatever it is asked for.
def date: capture("^[A-Za-z]{3} (?<at>[0-9-]{10} [0-9:]{8}) UTC$")? // null | if . then .at | strptime("%Y-%m-%d %H:%M:%S") | mktime else null end;
def iso: if . then todate else null end;

split("\n--\n") as $blocks
| ($blocks[-1] | split("\n") | map(select(. != "") | capture("^(?<kind>[a-z]+) (?:[^ ]*/)?(?<name>[^ /]+) (?<value>.*)$"))) as $facts
| def fact(kind; name): first($facts[] | select(.kind == kind and .name == name) | .value) // null;
  ($blocks[:-1] | map(split("\n") | map(select(contains("=")) | index("=") as $at | {(.[:$at]): .[$at + 1:]}) | add)) as $units
| ($units | map({(.Id): .}) | add) as $unit
| [
    $units[] | select(.Id | endswith(".timer"))
    | (.Id | rtrimstr(".timer")) as $name
    | $unit[$name + ".service"] as $service
    | {
        name: $name,
        enabled: (.UnitFileState == "enabled"),
        active: (.ActiveState == "active"),
        next: (.NextElapseUSecRealtime | date | iso),
        since: (.ActiveEnterTimestamp | seconds | iso),
        # Of the service: a persistent timer calls the day it was first enabled its last trigger.
        started: ($service.ExecMainStartTimestamp // "" | seconds | iso),
        running: ($service.ActiveState == "activating"),
        result: $service.Result,
        last: (fact("last"; $name) // "" | seconds | iso),
        staleAfter: (fact("stale"; $name + ".timer") // "" | seconds),
        said: fact("said"; $name),
        why: fact("why"; $name)
      }
  ]
