# What is wrong with a repository: `info` and listings of it, compared with each other and with what the database says it archived.
# Prints {problems: […], said, figures: […], wal: a segment to fetch back}.
include "wal";
def some: if length > 3 then (.[0:3] | join(", ")) + " and \(length - 3) more" else join(", ") end;
def hours: . / 360 | round / 10 | "\(.) h";
def is_manifest: test("/backup\\.manifest(\\.copy)?$");

($info[0][0] // {}) as $stanza
| ($stanza.backup // []) as $backups
| ($backups | map(.label)) as $labels
| ($backup[0] | files | map(select(.key | contains("/")))) as $stored
| ($stored | map(select(.key | endswith("/backup.manifest")) | .key | split("/")[0])) as $present
# What a backup stored itself lies under its label.
| (reduce ($stored[] | select(.key | is_manifest | not)) as $file ({}; .[$file.key | split("/")[0]] += $file.value.size)) as $sizes
| ($archive[0] | segments) as $wal
| ($wal | group_by(.line) | map({(.[0].line): (map(.number) | unique)}) | add // {}) as $numbers
| (reduce $wal[] as $one ({}; .["\($one.line) \($one.number)"] = true)) as $is
| ($archived | segment($stanza.db // [] | map(.id) | max)) as $last
| ($backups | map(select(.type == "full") | .timestamp.stop) | max) as $full
| ($backups | map(.timestamp.stop) | max) as $newest
| ($wal | map(.time) | max) as $newestWal
| {
    problems: [
      (if $stanza.status.code != 0 then "it says: \($stanza.status.message // "nothing")" else empty end),
      ($backups[] | select(.error) | "\(.label) holds pages with wrong checksums"),
      ($labels - $present | select(length > 0) | "gone from the repository: \(some)"),
      ($backups[] | .label as $one | (.info.repository.delta // 0) as $bytes
        | select(($present | index($one)) != null and ($sizes[$one] // 0) < $bytes)
        | "\($one) is not whole: \($sizes[$one] // 0) of \($bytes) bytes"),
      ($backups[] | .label as $one | (.reference // []) - $labels | select(length > 0) | "\($one) needs what is gone: \(some)"),
      (if $newest == null then "no backup"
        elif $now - $newest > $bars.backup then "the newest backup is \($now - $newest | hours) old" else empty end),
      (if $full != null and $now - $full > $bars.full then "the newest full backup is \($now - $full | hours) old" else empty end),
      (if $newestWal == null then "no WAL"
        elif $now - $newestWal > $bars.wal then "the newest WAL is \($now - $newestWal) s old" else empty end),
      # No gap from the first segment on to what the database was told is archived; later ones may overtake each other.
      ($numbers | to_entries[] | .key as $line | .value as $there
        | [range(1; $there | length) as $at | select($there[$at] - $there[$at - 1] > 1 and ($line != $last.line or $there[$at - 1] < $last.number))
            | "\($there[$at] - $there[$at - 1] - 1) after segment \($there[$at - 1]) of \($line)"]
        | select(length > 0) | "WAL is missing: \(some)"),
      # After a crash the database does not remember what it archived.
      (if $archived == "" or $is["\($last.line) \($last.number)"] then empty else "WAL is missing: \($archived), which the database archived" end),
      ($backups[] | .label as $one | .database.id as $database
        | (.archive.start | segment($database)) as $from | (.archive.stop | segment($database)) as $to
        | [range($from.number; $to.number + 1) | select($is["\($from.line) \(.)"] | not)] | select(length > 0)
        | "WAL is missing: \($one) cannot be restored without \(length) segment(s)")
    ],
    said: "\($labels | length) backups, \($wal | length) WAL segments",
    figures: [
      ("{repository=\"\($number)\"} ") as $of
      | "backups\($of)\($labels | length)",
        "bytes\($of)\([$stored[], ($archive[0] | files)[]] | map(.value.size) | add // 0)",
        "backup_age_seconds\($of)\(if $newest then $now - $newest else "NaN" end)",
        "wal_age_seconds\($of)\(if $newestWal then $now - $newestWal else "NaN" end)",
        "wal_segments\($of)\($wal | length)"
    ],
    wal: ($wal | if length > 0 then .[$random % length].path else null end)
  }
