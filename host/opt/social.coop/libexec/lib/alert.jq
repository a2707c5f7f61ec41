# What people are told, out of what is known of one unit: in words, as a mail, and as a webhook's JSON.
def pad: . + " " * ([10 - length, 1] | max);
def minute: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime | strftime("%Y-%m-%d %H:%M UTC");
def span: if . < 5400 then "\(. / 60 | round) min" elif . < 172800 then "\(. / 3600 | round) h" else "\(. / 86400 | round) days" end;
def between($from; $to): ($to | fromdate) - ($from | fromdate) | span;
def things: "\(length) thing\(if length == 1 then " is" else "s are" end)";

def name: .unit | rtrimstr(".service");
# One that could not even look has found nothing, and failed like any other.
def is_watch: .unit == "watch.service" and (.kind == "works" or .problems != []);

def headline: "\(.domain): " +
  if .kind == "test" then "this is a test, nothing is broken"
  elif .kind == "works" then (if is_watch then "what was broken is well again" else "\(name) works again" end)
  else (if is_watch then "\(.problems | things) broken" else "\(name) has failed" end) + (if .kind == "again" then ", still" else "" end)
  end;

# Each line is a word and what stands under it.
def rows:
  if .kind == "test" then
    ["what", "somebody ran `sudo instance alert test` on \(.machine)"],
    ["do", "nothing"]
  else
    (if is_watch then .problems[] | ["broken", "\(.about): \(.text)"] else ["what", "\(.description) (\(.unit))"] end),
    ["where", "\(.machine), stack \(.stack), \(.address)"],
    (if .kind == "works" then ["broken", "from \(.since | minute) to \(.now | minute), for \(between(.since; .now))"]
     else
       (if is_watch then empty else ["how", .how] end),
       (.said[] | ["said", .]),
       ["since", "\(.since | minute)\(if between(.since; .now) == "0 min" then "" else ", for \(between(.since; .now))" end)"],
       (if is_watch then empty else ["worked", if .worked then "last at \(.worked | minute)" else "never, as far as is known" end] end),
       ["do", .advice],
       ["then", "sudo instance runbook \(.runbook)"]
     end)
  end;

def text: [headline, "", (rows | "\(.[0] | pad)\(.[1])")] | join("\n");
def html: "<p><b>\(headline | @html)</b></p><p>" + ([rows | "<b>\(.[0])</b> " + (if .[0] == "do" or .[0] == "then" then "<code>\(.[1] | @html)</code>" else .[1] | @html end)] | join("<br>")) + "</p>";

# `text` and `html` are what Hookshot shows in a Matrix room; the rest is for whoever receives it by a program.
def webhook: {text: text, html: html, kind, unit, stack, machine, domain, since};

def mail: ["From: \(.from)", "To: \(.to)", "Subject: \(headline)", "Date: \(.now | fromdate | strftime("%a, %d %b %Y %H:%M:%S +0000"))",
  "Message-ID: <\(.id)@\(.domain)>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
  # Nobody's holiday notice shall answer it.
  "Auto-Submitted: auto-generated", "", text, ""] | join("\n");
