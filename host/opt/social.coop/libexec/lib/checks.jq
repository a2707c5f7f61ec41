# What is wrong, judged in one place. `about` is the word under which runbooks/site-down.txt says what to do.
def problem(level; about; text): {level: level, about: about, text: text};
def red(about; text): problem("red"; about; text);
def yellow(about; text): problem("yellow"; about; text);

def days($seconds): "\($seconds / 86400 | floor) days";

# Space: there is time to act at 80 %, and hardly any at 90 %.
def disk_problems:
  if . == null then red("disk"; "cannot be read")
  else .[]
    | (if .usedPercent >= 90 then red("disk"; "\(.path) is \(.usedPercent) % full")
      elif .usedPercent >= 80 then yellow("disk"; "\(.path) is \(.usedPercent) % full")
      else empty end),
      (if (.filesPercent // 0) >= 90 then red("disk"; "\(.path) has \(.filesPercent) % of its places for files in use") else empty end)
  end;

# certbot renews when a third of a certificate's life is left: at a quarter some attempts have failed, at a sixth many.
def certificate_problems:
  if . == null then red("certificate"; "there is none")
  elif .placeholder then red("certificate"; "a placeholder: none was issued yet")
  else
    ((.notAfter | fromdate) - now) as $left
    | ((.notAfter | fromdate) - (.notBefore | fromdate)) as $life
    | (if $left <= 0 then red("certificate"; "ended \(days(-$left)) ago (\(.notAfter))")
      elif $left < $life / 6 then red("certificate"; "ends in \(days($left)) and was not renewed")
      elif $left < $life / 4 then yellow("certificate"; "ends in \(days($left)) and was not renewed")
      else empty end),
      (if .shown == false then red("certificate"; "nginx shows another one than the one on the disk") else empty end)
  end;

def age($iso): now - ($iso | sub("\\.[0-9]+Z$"; "Z") | fromdate);
def span: if . < 172800 then "\(. / 3600 | floor) h" else days(.) end;

# Whatever runs daily has had its time after a day and an hour; what runs more often or weekly, when it would be stale.
def time_to_run: if .staleAfter != null and (.staleAfter < 90000 or .staleAfter > 7 * 86400) then .staleAfter else 90000 end;
def is_to_come: .enabled and .active and .next != null and .last == null and .started == null and (.running | not) and age(.since) <= time_to_run;

# A job that never ran is broken, unless its first time is still to come. A timer has no next time while its job runs.
def job_problem:
  if (.enabled and .active and (.next != null or .running)) | not then
    red("jobs"; "\(.name) will not run: its timer \(if .enabled | not then "is not enabled" elif .active | not then "is not active" else "has no next time" end)")
  elif .result != "success" then red("jobs"; "\(.name): its last run ended with \(.result)\(if .why then ": \(.why)" else "" end)")
  elif .last == null and (.running or is_to_come) then empty
  elif .last == null and .started != null then red("jobs"; "\(.name) was started and never did its work")
  elif .last == null then red("jobs"; "\(.name) never ran")
  elif .staleAfter != null and age(.last) > .staleAfter then red("jobs"; "\(.name) last worked \(age(.last) | span) ago (\(.last))")
  else empty end;

# Backups that nobody has restored are a hope: a month is the rhythm, with some days for whoever was away.
def rehearsal_problems($stack):
  "coop rehearse \($stack)" as $do
  | if . == null then red("rehearsal"; "cannot be read")
    elif .last == null then problem(if .since != null and age(.since) > 35 * 86400 then "red" else "yellow" end; "rehearsal"; "never: nobody has restored these backups yet: \($do)")
    elif .last.result != "passed" then red("rehearsal"; "the last one failed, \(age(.last.ended) | span) ago; when that is mended: \($do)")
    elif age(.last.ended) > 35 * 86400 then red("rehearsal"; "the last one was \(age(.last.ended) | span) ago: \($do)")
    else empty end;
