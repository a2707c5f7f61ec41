# shellcheck shell=bash
# What has to change: $changed holds manifest lines to install, $removed paths to take away.

. "$APPLY_LIB/tree.sh"

changed=()
removed=()

make_plan() {
  local new=$APPLY_TREE/MANIFEST line path
  while IFS= read -r line; do
    path=${line##* }
    if [ -f "$kept" ] && is_kept "${line%% *}" "$(actual_line "$path")"; then continue; fi
    changed+=("$line")
  done < <(paths_of "$new" | actual_manifest | grep -vxFf - "$new" || true)
  # A kill between installing and recording leaves two lists of what came from us.
  while IFS= read -r path; do
    [ -e "$path" ] || continue
    if [ -f "$kept" ] && is_kept gone "$(actual_line "$path")"; then continue; fi
    removed+=("$path")
  done < <(cat "$applied/MANIFEST" "$applied/MANIFEST.next" 2>/dev/null | paths_of | sort -u |
    grep -vxFf <(paths_of "$new") || true)
  # By a part of the tree nobody can tell what goes: see prepare.
  if [ -n "${PREPARED:-}" ]; then removed=(); fi
}
