/*
 * The commands of webex-token-vault, by task. The file of a command has the rest, and is loaded when the command is called.
 */

export interface CommandEntry {
  /** The name of the file too: `state archive` is in `scripts/state/archive.ts`. */
  readonly name: string;
  readonly summary: string;
  /** Heading in the help of the program. @default - hidden: other programs start the command */
  readonly group?: string;
  /** Commands below this word. @default - none */
  readonly commands?: readonly CommandEntry[];
  /** Command lines for the help of such a word, each with its meaning. */
  readonly examples?: Readonly<Record<string, string>>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'quickstart',
    group: 'Set up:',
    summary: 'the whole job on this machine, with a real server and a simulated Webex',
  },
  { name: 'certs', group: 'Set up:', summary: 'a private CA, and certificates for the servers' },
  { name: 'init', group: 'Set up:', summary: 'initialize a new server, and give each operator a login' },
  { name: 'diff', group: 'Deploy:', summary: 'show what deploy would change' },
  { name: 'deploy', group: 'Deploy:', summary: 'make Vault what the deployment declares' },
  { name: 'destroy', group: 'Deploy:', summary: 'delete what deploy created' },
  { name: 'list', group: 'Deploy:', summary: 'show what the deployment declares' },
  {
    name: 'state',
    group: 'Deploy:',
    summary: "Terraform's state of a stack",
    commands: [{ name: 'archive', summary: 'start a stack over after its server is gone' }],
    examples: { 'webex-token-vault state archive webex-tokens': 'start stack webex-tokens over on a new server' },
  },
  { name: 'authorize', group: 'Authorize:', summary: 'have a person consent to a credential, once' },
  { name: 'revoke', group: 'Authorize:', summary: 'end a grant, at Webex and in Vault' },
  { name: 'rotate-secret', group: 'Authorize:', summary: 'give an integration a new client secret without an outage' },
  { name: 'issue', group: 'Apps:', summary: 'issue a wrapped secret id for an app' },
  { name: 'agent-config', group: 'Apps:', summary: 'write a configuration for "bao agent" or "vault agent"' },
  { name: 'kubernetes', group: 'Apps:', summary: 'manifests by which pods get the access tokens of an app' },
  { name: 'status', group: 'Watch:', summary: 'how every grant is, until when, and what to do' },
  { name: 'recover', group: 'Watch:', summary: 'get lost grants of Service Apps again' },
  { name: 'metrics', group: 'Watch:', summary: 'the same for Prometheus: once, or served' },
  { name: 'doctor', group: 'Watch:', summary: 'the first thing that is wrong, and the command that mends it' },
  { name: 'exec', group: 'Operators:', summary: 'run a command as an operator' },
  { name: 'token', group: 'Operators:', summary: 'print a Vault token of an operator' },
  {
    name: 'operators',
    group: 'Operators:',
    summary: 'the roles and logins of operators',
    commands: [{ name: 'update', summary: 'write the operators as the deployment needs them now' }],
    examples: { 'webex-token-vault operators update --rotate': 'give every operator a new secret id' },
  },
  { name: 'unseal', group: 'Server:', summary: 'give a sealed server its key shares' },
  { name: 'pause', group: 'Server:', summary: 'stop refreshing, before the server or its plugin is stopped' },
  { name: 'resume', group: 'Server:', summary: 'refresh again as declared' },
  {
    name: 'backup',
    group: 'Server:',
    summary: 'snapshots of the server',
    commands: [
      { name: 'create', summary: 'write a snapshot of the server to a file' },
      { name: 'verify', summary: 'prove that a snapshot can be restored, and which grants are in it' },
    ],
    examples: {
      'webex-token-vault backup create grants.snap': 'write a snapshot to a file',
      'webex-token-vault backup verify grants.snap': 'ask for the key shares, then look for each grant in it',
    },
  },
  { name: 'restore', group: 'Server:', summary: 'put a snapshot back, and prove it' },
  { name: 'completion', summary: 'print a script that makes a shell complete command lines', group: 'Shell:' },
  {
    name: 'internal',
    summary: 'commands that Terraform and shells start',
    commands: [
      { name: 'complete', summary: 'print what may come next on a command line; a shell starts it' },
      { name: 'write-entry', summary: 'write the client secret of an integration; Terraform starts it' },
      { name: 'reload-plugin', summary: 'have Vault run the plugin that was registered; Terraform starts it' },
    ],
    examples: { 'webex-token-vault internal complete -- revoke te': 'print what may follow on this command line' },
  },
];
