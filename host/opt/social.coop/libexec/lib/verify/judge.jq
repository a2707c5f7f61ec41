# What one program of verify.d said, as one object of the report; anything but an answer of the right form is a failure.
def line: [splits("\\s+")] | join(" ");
def tail_of: split("\n") | map(select(. != "")) | .[-3:] | join(" ") | line | .[-400:];
def answers: [$said | split("\n")[] | select(test("\\S")) | (fromjson? // "no JSON")];
def well_formed:
  type == "object" and .check == $check and (.status | IN("passed", "failed", "not-tested"))
  and (.figure | type) == "string" and (.reason | type) == "string" and (.values | type) == "object"
  and (.status == "passed" or .reason != "");
def broken(why): {check: $check, status: "failed", figure: "", values: {}, reason: (why + ($complained | tail_of | if . == "" then "" else ": " + . end))};

(if $code == "124" or $code == "137" then broken("it did not end within \($limit) s")
  elif $code != "0" then broken("the check itself ended with \($code)")
  else answers as $all
    | if $all == [] then broken("the check said nothing")
      elif ($all | length) > 1 or ($all[0] | well_formed | not) then broken("the check said something else than a verdict")
      else $all[0] end
  end)
| .values.seconds = ($seconds | tonumber)
