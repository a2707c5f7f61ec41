# Where the WAL that follows a backup is not whole, the first place of that: which segments are missing, and how far one gets.
include "wal";

($backup.archive.start | segment($backup.database.id)) as $from
| [$archive[0] | segments | map(select((.line | startswith("\($backup.database.id)/")) and .line >= $from.line))
    | group_by(.line)[] | map(select(.line != $from.line or .number >= $from.number)) | unique_by(.number)
    | . as $there | range(1; length) | . as $at
    | ($there[$at].number - $there[$at - 1].number - 1) as $missing | select($missing > 0)
    # Nobody knows when the last change before the gap was made; it was after what came before it was archived.
    | "\($missing) segment\(if $missing > 1 then "s" else "" end) after \($there[$at - 1].path | split("/")[-1][0:24]), archived \($there[$at - 1].time | todate); a moment that can be reached is \($there[[$at - 2, 0] | max].time | todate)"]
| first // empty
