/** Name of the script in the folder of stack `webex-tokens`. */
export const BAO_PROGRAM = 'by-bao.sh';

/**
 * Script that writes client secrets and reloads the plugin by `bao` or `vault` alone. It takes the arguments and variables of this
 * program's hidden commands, so the provisioners stay the same.
 *
 * @param pauseSeconds longest time of one refresh, with the storing of its answer
 */
export function baoProgram(pauseSeconds: number): string {
  return `#!/bin/sh
# Does in the provisioners what webex-token-vault does, by bao alone: terraform apply -var 'program=sh ./${BAO_PROGRAM}'
# BAO names another command, such as vault. The provisioners set all other variables.
set -eu
umask 077
bao=\${BAO:-bao}
# Terraform's provider knows only the VAULT_ variables.
unset BAO_ADDR BAO_TOKEN BAO_NAMESPACE BAO_CACERT

fail() {
  echo "error: $1" >&2
  exit 1
}

# Prints the sha256 of the running plugin, or "none" if nothing is mounted there.
running_at() {
  if said=$("$bao" read -field=running_sha256 "sys/mounts/$1" 2>&1); then
    echo "$said"
    return
  fi
  case $said in
  *'Code: 400'* | *'No value found'*) echo none ;;
  *'not present in secret'*) echo unknown ;;
  *) fail "$said" ;;
  esac
}

case "$*" in
'internal write-entry check')
  [ -n "\${ENTRY_SECRET:-}" ] ||
    fail "the client secret of $ENTRY_SECRET_OF has to be written, and $ENTRY_SECRET_VARIABLE is not set; set it"
  ;;
'internal write-entry write')
  fields=$(mktemp)
  trap 'rm -f "$fields"' EXIT
  printf %s "$ENTRY_FIELDS" >"$fields"
  # The secret goes through a pipe, because other users can read argument lists.
  printf %s "$ENTRY_SECRET" | "$bao" write "$ENTRY_PATH" @"$fields" "$ENTRY_SECRET_FIELD=-"
  ;;
'internal reload-plugin')
  mount=$ENGINE_MOUNT
  running=$(running_at "$mount")
  if [ "$running" = none ] && [ -n "\${ENGINE_MOVED_FROM:-}" ]; then
    mount=$ENGINE_MOVED_FROM
    running=$(running_at "$mount")
  fi
  case $running in
  none | "$ENGINE_PLUGIN_SHA256") exit 0 ;;
  esac
  # A refresh during the reload would lose its grant, so refreshing is paused, and the running refreshes are waited for.
  paused=$(printf %s "$ENGINE_CONFIGURATION" |
    sed 's/"tune_refresh_check_interval_seconds":[0-9]*/"tune_refresh_check_interval_seconds":0/')
  printf %s "$paused" | "$bao" write "$mount/config" -
  sleep ${pauseSeconds}
  "$bao" write sys/plugins/reload/backend mounts="$mount/"
  printf %s "$ENGINE_CONFIGURATION" | "$bao" write "$mount/config" -
  ;;
*) fail "unknown command: $*" ;;
esac
`;
}
