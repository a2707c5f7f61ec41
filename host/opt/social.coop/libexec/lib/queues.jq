# Lines `queue NAME SIZE [ENQUEUED_AT]` and `process INFO` as one list of queues.
split("\n") | map(select(. != ""))
| (map(select(startswith("process ")) | ltrimstr("process ") | fromjson? // empty | .queues // []) | map(unique)) as $working
| map(
    select(startswith("queue ")) | split(" ")
    | {
        name: .[1],
        size: (.[2] | tonumber),
        # Sidekiq 8 writes milliseconds, earlier ones seconds.
        latency: ((.[3] // "" | tonumber? // null) as $at
          | if $at == null then 0 else ($now - (if $at > 1e11 then $at / 1000 else $at end)) * 10 | round / 10 end)
      }
    | if [.name] | inside(["retry", "schedule", "dead"]) then .
      else .name as $name | .processes = ($working | map(select(index($name) != null)) | length) end
  )
