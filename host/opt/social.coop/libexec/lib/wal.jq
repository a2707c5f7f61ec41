# Segments of WAL in a listing of the repository, and what is missing between them.
def hex: ascii_downcase | explode | reduce .[] as $digit (0; . * 16 + (if $digit < 58 then $digit - 48 else $digit - 87 end));
# A segment's number in its line: clusters and their timelines each have one. 256 segments of 16 MB to each of the middle digits.
def segment($database): {line: "\($database)/\(.[0:8])", number: ((.[8:16] | hex) * 256 + (.[16:24] | hex))};
def files: to_entries | map(select(.value.type == "file"));
# They lie under their name and the hash of what is in them: 17-1/0000000100000000/000000010000000000000002-….zst
def segments: files | map(select(.key | test("/[0-9A-F]{24}-[0-9a-f]{40}"))
  | (.key | split("/")) as $path
  | {path: .key, time: .value.time} + ($path[-1] | segment($path[0] | split("-")[1])));
