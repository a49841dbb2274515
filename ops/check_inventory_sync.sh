#!/bin/sh
# One line and an exit code about the health of inventory-sync, for cron, Nagios, Zabbix and the like:
# 0 fine, 1 degraded, 2 down, 3 could not be asked. A name after the script is taken as the settings file.
#
#   check_inventory_sync.sh [/path/to/.env]
#
# The program is INVENTORY_SYNC where that is set, else inventory-sync on the PATH, else the one this file came with.
# CHECK_TIMEOUT is how many seconds it may take (60).

set -u

limit=${CHECK_TIMEOUT:-60}
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
bundled=$home/dist/src/cli/index.js

say() {
  printf '%s\n' "$1"
  exit "$2"
}

# Cron knows few folders; Node is looked for where it usually lies.
PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin:/opt/nodejs/bin
export PATH

if [ $# -gt 1 ]; then say 'inventory-sync UNKNOWN: usage: check_inventory_sync.sh [settings file]' 3; fi
if [ $# -eq 1 ]; then
  if [ ! -r "$1" ]; then say "inventory-sync UNKNOWN: cannot read $1" 3; fi
  set -- --env-file "$1"
fi

if [ -n "${INVENTORY_SYNC:-}" ]; then
  set -- "$INVENTORY_SYNC" "$@"
elif command -v inventory-sync >/dev/null 2>&1; then
  set -- inventory-sync "$@"
elif [ -r "$bundled" ] && command -v node >/dev/null 2>&1; then
  set -- node "$bundled" "$@"
else
  say 'inventory-sync UNKNOWN: the program is not found; set INVENTORY_SYNC to its path' 3
fi

if command -v timeout >/dev/null 2>&1; then set -- timeout "$limit" "$@"; fi

output=$("$@" monitor --health-check 2>&1)
code=$?

# Out of time (143 where timeout is BusyBox's) after the verdict: only mail was still on its way, and the verdict stands.
said() {
  printf '%s\n' "$output" | grep -q -x -F -e "$1" -e "$2"
}
case $code in
  124 | 143)
    if said 'All is well.' 'Всё в порядке.'; then code=0; fi
    if said 'Works, but not all is well.' 'Работает, но не всё в порядке.'; then code=1; fi
    if said 'Does not work.' 'Не работает.'; then code=2; fi
    ;;
esac

# What is wrong, on one line; where nothing is marked as wrong, the last thing that was said.
wrong=$(printf '%s\n' "$output" | awk '/^[ \t]*✗/ { sub(/^[ \t]*✗[ \t]*/, ""); printf "%s%s", gap, $0; gap = "; " }')
last=$(printf '%s\n' "$output" | sed '/^[[:space:]]*$/d' | tail -n 1)
well=$(printf '%s\n' "$output" | grep -c '^[[:space:]]*✓')

case $code in
  0) say "inventory-sync OK: $well checks passed" 0 ;;
  1) say "inventory-sync DEGRADED: ${wrong:-$last}" 1 ;;
  2) say "inventory-sync DOWN: ${wrong:-$last}" 2 ;;
  124 | 143) say "inventory-sync DOWN: no answer in $limit s" 2 ;;
  *) say "inventory-sync UNKNOWN: exit code $code: ${wrong:-$last}" 3 ;;
esac
