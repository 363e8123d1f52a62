import { Argument, type Command } from 'commander';
import { describeCommand } from '../lib/cli/command';

/*
 * The scripts are ours. Those of @bomb.sh/tab 0.0.22, the library for commander, have the shell evaluate the typed words when
 * the tab key is pressed, and offer no files.
 */

/** The typed words are passed on and never evaluated. */
const BASH = `# bash completion for webex-token-vault: source it, or put that line into ~/.bashrc
_webex_token_vault_reply() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$1")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done
}
_webex_token_vault() {
  local current=\${COMP_WORDS[COMP_CWORD]}
  _webex_token_vault_reply "$current" < <("$1" internal complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
_webex_token_vault_npx() {
  local current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    [[ --no-install == "$current"* ]] && COMPREPLY=(--no-install)
  elif [[ \${COMP_WORDS[1]} != --no-install ]]; then
    return
  elif (( COMP_CWORD == 2 )); then
    [[ webex-token-vault == "$current"* ]] && COMPREPLY=(webex-token-vault)
  elif [[ \${COMP_WORDS[2]} == webex-token-vault ]]; then
    _webex_token_vault_reply "$current" < <(command npx --no-install webex-token-vault internal complete -- "\${COMP_WORDS[@]:3:COMP_CWORD-2}" 2>/dev/null)
  fi
}
complete -F _webex_token_vault webex-token-vault
complete -p npx >/dev/null 2>&1 || complete -o default -F _webex_token_vault_npx npx
`;

const ZSH = `#compdef webex-token-vault
# zsh completion for webex-token-vault: source it after compinit, or put that line into ~/.zshrc
_webex_token_vault_reply() {
  local line value
  local -a values
  for line in "$@"; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    value=\${\${line%%$'\\t'*}//:/\\\\:}
    [[ $line == *$'\\t'* ]] && value+=:\${line#*$'\\t'}
    [[ -n $value ]] && values+=("$value")
  done
  _describe 'webex-token-vault' values
}
_webex_token_vault() {
  _webex_token_vault_reply "\${(@f)$("\${words[1]}" internal complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"
}
_webex_token_vault_npx() {
  if (( CURRENT == 2 )); then
    compadd -- --no-install
  elif [[ \${words[2]} == --no-install ]] && (( CURRENT == 3 )); then
    compadd -- webex-token-vault
  elif [[ \${words[2]} == --no-install && \${words[3]} == webex-token-vault ]]; then
    _webex_token_vault_reply "\${(@f)$(command npx --no-install webex-token-vault internal complete -- "\${(@)words[4,CURRENT]}" 2>/dev/null)}"
  else
    _default
  fi
}
compdef _webex_token_vault webex-token-vault
(( \${+_comps[npx]} )) || compdef _webex_token_vault_npx npx
`;

export function define(command: Command): void {
  describeCommand(command, {
    examples: { 'source <(webex-token-vault completion bash)': 'Complete command lines in this shell' },
    summary: 'Prints a script that makes a shell complete commands, options and declared names.',
  })
    .addArgument(new Argument('<shell>', 'Shell that loads the script').choices(['bash', 'zsh']))
    .action((shell: 'bash' | 'zsh') => {
      process.stdout.write({ bash: BASH, zsh: ZSH }[shell]);
    });
}
