# One object out of the parts that `instance status` gathered; a part that did not answer is null.
def red(text): {level: "red", text: text};
def yellow(text): {level: "yellow", text: text};

{
  domain: $domain, stack: $stack, app: {name: $app, version: $version[0], expected: $expectedVersion},
  federation: $federation,
  maintenance: {on: ($maintenance != ""), since: (if $maintenance == "" then null else $maintenance end)},
  services: $services[0], queues: $queues[0], backup: $backup[0], certificate: $certificate[0], disk: $disk[0],
  timers: $timers[0], refused: $refused[0], drift: $drift[0], applied: $hash
}
| .problems = [
    (if .services == null then red("Docker does not answer") else empty end),
    (($expected[0] // []) - [(.services // [])[].name] | .[] | red("\(.) does not exist")),
    ((.services // [])[] | select(.state != "running" or (.health // "healthy") != "healthy")
      | red("\(.name) is \(.state)\(if .health then ", \(.health)" else "" end)")),
    (if ((.app.version // "") | startswith($expectedVersion)) then empty
      else red("the app says version \(.app.version // "nothing"), expected is \($expectedVersion)") end),
    (if .queues == null then red("the queues cannot be read") else empty end),
    (if .backup.last then empty else red("no backup is known") end),
    (if .backup.failing then red("archiving fails: see sudo instance logs db") else empty end),
    (if .certificate == null then red("there is no certificate")
      elif .certificate.placeholder then red("the certificate is a placeholder")
      elif (.certificate.notAfter | fromdate) - now < 14 * 86400 then red("the certificate ends \(.certificate.notAfter)")
      else empty end),
    ((.disk // [])[] | select(.usedPercent >= 90) | red("\(.path) is \(.usedPercent) % full")),
    ((.disk // [])[] | select(.usedPercent >= 80 and .usedPercent < 90) | yellow("\(.path) is \(.usedPercent) % full")),
    (if .timers == null then red("the timers cannot be read") else empty end),
    ((.timers // [])[] | select(.enabled and .active and .next != null | not) | red("\(.name) will not fire")),
    ((.timers // [])[] | select(.result != "success") | red("\(.name): its last run ended with \(.result)")),
    ((.drift // [])[] | yellow("\(.path) was changed by hand\(if .kept then " (kept)" else "" end)")),
    (if .refused == null then red("the firewall is not there") else empty end),
    (if .maintenance.on then yellow("maintenance is on since \(.maintenance.since)") else empty end)
  ]
