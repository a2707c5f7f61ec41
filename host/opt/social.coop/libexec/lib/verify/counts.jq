# What this database holds against what the source counted. Exact, checksums too, where nothing was written in between; otherwise
# each table may differ by 10 rows or 1 %, and for every hour in between have 2 % more, at most half, or lack 0.25 % more, at
# most a tenth: members and clean-up delete much less than is written.
def at: sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") | fromdate;
def some: if length > 5 then .[:5] + ["and \(length - 5) more"] else . end | join(", ");

$manifest[0] as $source
| ($here[0].schema == $source.schema) as $same
| ($here[1:] | add // {}) as $tables
| (if $exact == "true" then 0 else ([($until | if . == "" then now else at end) - ($source.time | at), 0] | max / 3600) end) as $hours
| (if $exact == "true" then {more: 0, fewer: 0, rows: 0} else {more: ([0.01 + 0.02 * $hours, 0.5] | min), fewer: ([0.01 + 0.0025 * $hours, 0.1] | min), rows: 10} end) as $allowed
| ($source.tables | to_entries | map(.value += {name: .key, now: $tables[.key]} | .value)) as $all
| [$all[] | select(.now == null) | .name] as $missing
| [$all[] | select(.now) | select(.now.rows > .rows + ([$allowed.rows, .rows * $allowed.more] | max) or .now.rows < .rows - ([$allowed.rows, .rows * $allowed.fewer] | max)) | "\(.name) \(.now.rows) instead of \(.rows)"] as $rows
| [$all[] | select(.now and .checksum != null and .checksum == .now.checksum)] as $identical
| [$all[] | select($exact == "true" and .now and .checksum != null and .now.checksum != null and .checksum != .now.checksum and .rows == .now.rows) | .name] as $changed
| {
    manifest: $time, exact: ($exact == "true"), hours: ($hours * 100 | round / 100), toleranceMore: ($allowed.more * 1000 | round / 1000), toleranceFewer: ($allowed.fewer * 1000 | round / 1000), toleranceRows: $allowed.rows,
    tables: ($all | length), rows: ([$tables[].rows] | add // 0), identical: ($identical | length),
    missing: $missing, rowsOff: $rows, contentOff: $changed, schema: $here[0].schema, sourceSchema: $source.schema
  } as $values
| ([
    (if $missing != [] and $same then "missing: \($missing | some)" else empty end),
    (if $rows != [] then "rows: \($rows | some)" else empty end),
    (if $changed != [] then "other content: \($changed | some)" else empty end)
  ] | join("; ")) as $wrong
| (if $exact == "true" then "\($all | length) tables exactly as counted"
    else "\($all | length) tables, \($identical | length) identical, of the others none \($allowed.fewer * 1000 | round / 10) % short or \($allowed.more * 1000 | round / 10) % over, or 10 rows" end) as $figure
| if $wrong != "" then {status: "failed", figure: "\($missing + $rows + $changed | length) of \($all | length) tables differ", reason: $wrong, values: $values}
  else {status: "passed", figure: ($figure + (if $missing != [] then "; \($missing | length) gone with a newer schema" else "" end)), reason: "", values: $values} end
