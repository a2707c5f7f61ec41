# shellcheck shell=bash
# What is done with a dump where PostgreSQL's own tools are, in the database's container:
#   form PATH         what its own bytes say it is: custom, directory, tar, sql, cluster or unknown
#   whole PATH FORM   reads all of it; says what is wrong, and ends with 1, where it does not reach its end; with 2, no dump
#   load PATH FORM    into a cluster that holds nothing else; says what did not go in, and ends with 1
set -euo pipefail
export LC_ALL=C PGUSER=postgres
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

wrapping() {
  case $(od -A n -t x1 -N 4 -- "$1" | tr -d ' ') in
    1f8b*) echo gzip ;;
    28b52ffd) echo zstd ;;
    *) echo none ;;
  esac
}

unwrapped() {
  case $(wrapping "$1") in
    gzip) gzip --decompress --stdout -- "$1" ;;
    zstd) zstd --decompress --stdout --quiet -- "$1" ;;
    *) cat -- "$1" ;;
  esac
}

# The last that a program complained of.
complaint() { grep -v '^[[:space:]]*$' "$errors" | tail -n 1 | cut -c 1-300 || true; }

form() {
  local begins
  if [ -d "$1" ]; then
    if [ -f "$1/toc.dat" ]; then echo directory; else echo unknown; fi
    return
  fi
  begins=$(unwrapped "$1" 2>/dev/null | head -c 4096 | tr -d '\0' || true)
  case $begins in
    PGDMP*) echo custom ;;
    toc.dat*ustar*) echo tar ;;
    *'-- PostgreSQL database cluster dump'*) echo cluster ;;
    *'-- PostgreSQL database dump'*) echo sql ;;
    *) echo unknown ;;
  esac
}

# Every table that begins must end: gzip's own reader takes the end of a cut file for the end of its data.
readable() {
  local counts
  counts=$(pg_restore --file=- "$1" 2>"$errors" | awk '/^COPY .* FROM stdin;$/ { begun++ } $0 == "\\." { ended++ } END { print begun + 0, ended + 0 }') || {
    complaint
    return 1
  }
  [ "${counts% *}" = "${counts#* }" ] || {
    echo "${counts#* } of ${counts% *} tables come to their end"
    return 1
  }
}

whole() {
  local path=$1 file last
  case $2 in
    directory)
      for file in "$path"/*; do
        case $(wrapping "$file") in
          gzip) gzip --test -- "$file" 2>"$errors" ;;
          zstd) zstd --test --quiet -- "$file" 2>"$errors" ;;
        esac || {
          echo "${file##*/} is cut off or damaged: $(complaint)"
          return 1
        }
      done
      readable "$path"
      ;;
    custom | tar)
      # Read in any order when it is restored, so it is unpacked first.
      if [ "$(wrapping "$path")" != none ]; then
        unwrapped "$path" >"$path.unwrapped" 2>"$errors" || {
          complaint
          return 1
        }
        mv "$path.unwrapped" "$path"
      fi
      # It ends with two empty blocks: what is cut off behind the last table is seen by nobody else.
      if [ "$2" = tar ] && [ "$(tail -c 1024 -- "$path" | tr -d '\0' | wc -c)" -gt 0 ]; then
        echo 'the end of the tar archive is not there'
        return 1
      fi
      readable "$path"
      ;;
    sql | cluster)
      last=$(unwrapped "$path" 2>"$errors" | tail -c 4096 | tr -d '\0') || {
        complaint
        return 1
      }
      case $2 in sql) file='database' ;; cluster) file='database cluster' ;; esac
      # A few lines may follow it: \unrestrict, since 2025.
      tail -n 8 <<<"$last" | grep -x -- "-- PostgreSQL $file dump complete" >/dev/null || {
        echo "its last line is not there: -- PostgreSQL $file dump complete"
        return 1
      }
      ;;
    *)
      if [ ! -d "$path" ] && ! unwrapped "$path" >/dev/null 2>"$errors"; then
        complaint
        return 1
      fi
      echo 'it is no dump of pg_dump or pg_dumpall'
      return 2
      ;;
  esac
}

# Errors of statements that carry no data: roles, rights and settings of the old server, and what --clean drops first.
harm() {
  awk '
    function told() { if (said != "" && !harmless) print said; said = ""; harmless = 0 }
    /(ERROR|FATAL|PANIC):  / || /^pg_restore: error: / {
      told()
      said = $0
      if (said ~ /extension "[^"]*" is not available/) harmless = 1
      next
    }
    /STATEMENT:  / || /^Command was: / {
      sub(/^.*STATEMENT:  /, ""); sub(/^Command was: /, "")
      if ($0 ~ /^(DROP|GRANT|REVOKE|SET|(CREATE|ALTER) (ROLE|TABLESPACE|DATABASE)|CREATE SCHEMA public;|COMMENT ON EXTENSION|ALTER DEFAULT PRIVILEGES) ?/) harmless = 1
      if ($0 ~ /^SELECT pg_catalog\.set_config/) harmless = 1
      if ($0 ~ /^ALTER .* OWNER TO / || $0 ~ /^ALTER TABLE .* DROP /) harmless = 1
    }
    END { told() }' "$errors"
}

load() {
  local path=$1 form=$2 name code=0 found options=(--dbname=mastodon_production --no-owner --no-privileges --no-tablespaces)
  export PGOPTIONS='-c synchronous_commit=off -c client_min_messages=warning'
  # Whatever a run before this one, or a dump before, has left.
  psql --dbname=template1 --no-psqlrc --quiet --tuples-only --no-align --command="SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'" |
    while IFS= read -r name; do dropdb --maintenance-db=template1 --force --if-exists "$name" </dev/null; done
  case $form in
    cluster) ;;
    *) createdb --maintenance-db=template1 --template=template0 mastodon_production ;;
  esac
  case $form in
    custom | directory) pg_restore "${options[@]}" --jobs="$(nproc)" "$path" 2>"$errors" || code=$? ;;
    tar) pg_restore "${options[@]}" "$path" 2>"$errors" || code=$? ;;
    sql) unwrapped "$path" | statements mastodon_production || code=$? ;;
    cluster) unwrapped "$path" | statements postgres || code=$? ;;
  esac
  found=$(harm)
  # pg_restore ends with 1 for any error, and psql with more for one that it cannot go on from.
  if [ -z "$found" ] && { [ "$code" -gt 1 ] || { [ "$code" -eq 1 ] && ! grep -q '^pg_restore: warning: errors ignored on restore' "$errors"; }; }; then found=$(complaint); fi
  [ -z "$found" ] || {
    printf '%s error(s), the first: %s\n' "$(wc -l <<<"$found")" "$(head -n 1 <<<"$found" | cut -c 1-400)"
    return 1
  }
}

# Collations of the old machine need not be here: a database of a dump is made with this cluster's.
statements() {
  sed -E '/^CREATE DATABASE .* WITH TEMPLATE = template0 /s/ (LOCALE_PROVIDER|LOCALE|LC_COLLATE|TABLESPACE) = .*/;/' |
    psql --dbname="$1" --no-psqlrc --quiet --echo-errors --output=/dev/null --file=- 2>"$errors"
}

"$@"
