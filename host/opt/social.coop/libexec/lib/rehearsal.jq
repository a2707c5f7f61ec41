# A record of rehearsals that can be shown and judged; anything else is refused, and nothing but figures goes on to the metrics.
def time: type == "string" and ((sub("\\.[0-9]+Z$"; "Z") | fromdate) != null);
def figure: . == null or type == "number";
def rehearsal: (.ended | time) and (.result | IN("passed", "failed")) and (.rpoSeconds | figure) and (.ttrSeconds | figure);
if .format == 1 and (.last | rehearsal) and (.passed == null or (.passed | rehearsal and .result == "passed"))
  and (.metrics | type == "string" and all(split("\n")[]; test("^(# (HELP|TYPE) restore_[a-z_]+ .*|restore_[a-z_]+\\{[^{}]*\\} -?[0-9.e+-]+|)$")))
then {format, last, passed, metrics: (.metrics | rtrimstr("\n"))} else error("not a record of rehearsals") end
