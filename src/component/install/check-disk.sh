#!/bin/bash
# Looks at $DISK before the operating system is installed onto it. It fails, and says why on the console, where the disk
# is none, is in use, or has such an operating system already, unless $OVERWRITE is "yes". $LABELS are the names of that
# system's partitions: a machine that boots its installer once more must not lose what was installed.
set -eu

refuse() {
  printf 'tinderbox: nothing is installed: %s\n' "$*" >&2
  exit 1
}

# A disk may need its time to appear.
udevadm settle || :
for second in 1 2 4 8 15; do
  type=$(lsblk --nodeps --noheadings --output TYPE "$DISK" 2>/dev/null) && break
  sleep "$second"
done
[ -n "${type:-}" ] || refuse "$DISK is not there; there are $(lsblk --nodeps --noheadings --paths --output NAME,SIZE,MODEL)"
[ "$type" != part ] || refuse "$DISK is a partition"

mounts=$(lsblk --noheadings --list --output MOUNTPOINT "$DISK" | sed '/^[[:space:]]*$/d')
[ -z "$mounts" ] || refuse "$DISK is in use, at $mounts"

if [ "$OVERWRITE" != yes ]; then
  for label in $(lsblk --noheadings --list --output PARTLABEL "$DISK"); do
    for known in $LABELS; do
      [ "$label" != "$known" ] || refuse "$DISK has an operating system already (the partition $label)." \
        "Let the machine boot from it, or empty the disk: wipefs --all $DISK"
    done
  done
fi
printf 'tinderbox: installing onto %s\n' "$DISK" >&2
