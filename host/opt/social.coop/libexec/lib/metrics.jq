# Jobs and what they said of themselves, in the format of https://prometheus.io/docs/instrumenting/exposition_formats/.
include "checks";

def family($name; $help; lines): [lines] | if length > 0 then "# HELP social_coop_\($name) \($help)", "# TYPE social_coop_\($name) gauge", .[] else empty end;
def sample($name; $value): "social_coop_\($name){job=\"\(.name)\"} \($value)";

. as $jobs
| ($figures | split("\n") | map(select(. != "") | capture("^(?<job>[^ ]+) (?<name>[a-z0-9_]+)(?:\\{(?<labels>[^}]*)\\})? (?<value>.+)$"))) as $all
| family("job_ok"; "1 when the job will run again and worked when it was due."; $jobs[] | sample("job_ok"; if [job_problem] == [] then 1 else 0 end)),
  family("job_last_success_timestamp_seconds"; "When the job last did what it is for; 0: never."; $jobs[] | sample("job_last_success_timestamp_seconds"; if .last then .last | fromdate else 0 end)),
  family("job_age_seconds"; "Time since then, when this file was written."; $jobs[] | select(.last) | sample("job_age_seconds"; age(.last) | floor)),
  family("job_stale_after_seconds"; "Age from which that is too long."; $jobs[] | select(.staleAfter) | sample("job_stale_after_seconds"; .staleAfter)),
  family("heartbeat_age_seconds"; "Time since the newest row of the heartbeat."; $heartbeat | select(. != "") | "social_coop_heartbeat_age_seconds \(.)"),
  ($all | group_by(.name)[] | .[0].name as $name
    | family("job_\($name)"; "What the last successful run said: \($name | gsub("_"; " "))."; .[]
        | "social_coop_job_\($name){job=\"\(.job)\"\(if .labels then ",\(.labels)" else "" end)} \(.value)"))
