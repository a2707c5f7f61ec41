# shellcheck shell=bash
# Comparing what lies on the machine with a manifest: lines of `SHA256 MODE UID GID PATH`.

applied=/var/lib/social.coop/applied
kept=/var/lib/social.coop/kept
# The manifest of a tree whose apply stopped because of drift: what a decision to keep is about.
wanted=/var/lib/social.coop/wanted

# The manifest of what really lies at the paths given on stdin; missing ones are left out.
actual_manifest() {
  local paths=() path
  while IFS= read -r path; do
    if [ -f "$path" ] && [ ! -L "$path" ]; then paths+=("$path"); fi
  done
  [ "${#paths[@]}" -gt 0 ] || return 0
  awk 'FNR == NR { sum[$2] = $1; next } { printf "%s %04d %s %s %s\n", sum[$4], $1, $2, $3, $4 }' \
    <(sha256sum -- "${paths[@]}") <(stat --format='%a %u %g %n' -- "${paths[@]}")
}

paths_of() { awk '{ print $5 }' "$@"; }
line_of() { awk -v path="$2" '$5 == path' "$1"; }

# Decisions to keep a file as it was changed by hand: `SHIPPED_SHA256 ACTUAL_LINE`, where the line may be `absent - - - PATH`.
is_kept() {
  [ -f "$kept" ] || return 1
  grep -qxF -- "$1 $2" "$kept"
}

# The line of one path as it is now.
actual_line() {
  local line
  line=$(actual_manifest <<<"$1")
  printf '%s\n' "${line:-absent - - - $1}"
}

# Paths whose state is neither what was applied, nor what an interrupted apply was installing, nor what NEW wants.
drifted_paths() {
  local new=$1 known=("$applied/MANIFEST" "$1") sound path
  [ -s "$applied/MANIFEST" ] || return 0
  if [ -f "$applied/MANIFEST.next" ]; then known+=("$applied/MANIFEST.next"); fi
  sound=$(paths_of "$applied/MANIFEST" | actual_manifest | grep -xFf <(cat "${known[@]}") | paths_of || true)
  while IFS= read -r path; do
    if [ ! -e "$path" ]; then
      # Gone because the new tree no longer has it, or because an interrupted apply took it away: nothing to decide.
      [ -n "$(line_of "$new" "$path")" ] || continue
      if [ -f "$applied/MANIFEST.next" ] && [ -z "$(line_of "$applied/MANIFEST.next" "$path")" ]; then continue; fi
    fi
    printf '%s\n' "$path"
  done < <(paths_of "$applied/MANIFEST" | grep -vxF -- "$sound" || true)
}

# What a drifted file's shipped content is: by the new tree, or by the applied one when the new one drops it.
shipped_sum() {
  local sum
  sum=$(line_of "$1" "$2" | cut -d' ' -f1)
  printf '%s\n' "${sum:-gone}"
}

# Drifted paths of NEW about which nobody has decided, one a line.
undecided_paths() {
  local path
  while IFS= read -r path; do
    is_kept "$(shipped_sum "$1" "$path")" "$(actual_line "$path")" || printf '%s\n' "$path"
  done < <(drifted_paths "$1")
}

# Shows how a file differs from what was applied; contents of secret files stay secret.
show_drift() {
  local path=$1 was mode
  was=$(line_of "$applied/MANIFEST" "$path")
  mode=$(cut -d' ' -f2 <<<"$was")
  if [ ! -e "$path" ]; then
    printf -- '--- %s was removed by hand\n' "$path"
    return
  fi
  if (((8#$mode & 4) == 0)); then
    printf -- '--- %s was changed by hand (secret, not shown)\n' "$path"
  else
    diff --unified --label "$path as applied" --label "$path as it is" "$applied/tree$path" "$path" || true
  fi
  local now
  now=$(actual_line "$path")
  [ "$(cut -d' ' -f2-4 <<<"$was")" = "$(cut -d' ' -f2-4 <<<"$now")" ] ||
    printf -- '--- %s: mode and owner were %s, are %s\n' "$path" "$(cut -d' ' -f2-4 <<<"$was")" "$(cut -d' ' -f2-4 <<<"$now")"
}

# Puts one file of a tree in its place in one step: install_file TREE MANIFEST_LINE.
install_file() {
  local tree=$1 mode uid gid path new
  read -r _ mode uid gid path <<<"$2"
  [ -d "${path%/*}" ] || mkdir -p "${path%/*}"
  new="${path%/*}/.new.${path##*/}.$$"
  install -m "$mode" -o "$uid" -g "$gid" "$tree$path" "$new"
  mv -T "$new" "$path"
}

# Takes a file as it is now for what was applied: our own programs change some between two applies.
adopt_file() {
  local path=$1 line manifest
  [ -s "$applied/MANIFEST" ] || return 0
  line=$(actual_line "$path")
  cp --preserve=mode,ownership "$path" "$applied/tree$path"
  for manifest in "$applied/tree/MANIFEST" "$applied/MANIFEST"; do
    awk -v path="$path" -v line="$line" '$5 == path { $0 = line } { print }' "$manifest" >"$manifest.new"
    mv -T "$manifest.new" "$manifest"
  done
}

# Reads the table of dependents into $patterns and $actions.
read_dependents() {
  patterns=()
  actions=()
  local pattern rest
  while read -r pattern rest; do
    case $pattern in '' | '#'*) continue ;; esac
    patterns+=("$pattern")
    actions+=("$rest")
  done <"$1"
}

# Puts on record what has to happen when PATH changes.
note_dependents() {
  local path=$1 index action
  for index in "${!patterns[@]}"; do
    # A pattern of the table is a glob.
    # shellcheck disable=SC2053
    [[ $path == ${patterns[$index]} ]] || continue
    for action in ${actions[$index]}; do
      case $action in
        none) ;;
        unit) add_pending "unit:${path##*/}" ;;
        *) add_pending "$action" ;;
      esac
    done
    return
  done
}
