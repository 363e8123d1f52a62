/*
 * The commands of webex-token-vault, by task. The file of a command defines it, and is loaded when the command is called.
 */

export interface CommandEntry {
  /** The name of the file too: `state archive` is in `scripts/state/archive.ts`. */
  readonly name: string;
  readonly summary: string;
  /** Heading in the help of the program. @default - hidden: other programs start the command */
  readonly group?: string;
  /** Commands below this name. @default - none */
  readonly commands?: readonly CommandEntry[];
  /** Command lines for the help of a name with commands below it, each with its meaning. */
  readonly examples?: Readonly<Record<string, string>>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'quickstart',
    group: 'Set up:',
    summary: 'Run the whole job on this machine, with a real server and a simulated Webex',
  },
  {
    name: 'simulate-webex',
    group: 'Set up:',
    summary: 'Run a simulated Webex alone, to try a Vault of your own',
  },
  { name: 'certs', group: 'Set up:', summary: 'Create a private CA and the certificates of the servers' },
  { name: 'init', group: 'Set up:', summary: 'Initialize a new server, and create its operators' },
  { name: 'diff', group: 'Deploy:', summary: 'Show what deploy would change' },
  { name: 'deploy', group: 'Deploy:', summary: 'Make Vault match the deployment' },
  { name: 'destroy', group: 'Deploy:', summary: 'Delete what deploy created' },
  { name: 'eject', group: 'Deploy:', summary: 'Write the stacks as plain Terraform' },
  {
    name: 'plugin',
    group: 'Deploy:',
    summary: 'Get the plugin for the nodes of a server',
    commands: [{ name: 'fetch', summary: "Get the plugin for the server's platform, checked by its sha256" }],
    examples: { 'webex-token-vault plugin fetch --platform linux/x64': 'Get the plugin for Linux on x64' },
  },
  { name: 'list', group: 'Deploy:', summary: 'Show what the deployment declares' },
  {
    name: 'state',
    group: 'Deploy:',
    summary: "Manage Terraform's state of a stack",
    commands: [{ name: 'archive', summary: 'Start a stack over after its server is gone' }],
    examples: { 'webex-token-vault state archive webex-tokens': 'Start stack webex-tokens over on a new server' },
  },
  { name: 'authorize', group: 'Authorize:', summary: 'Have a person consent to a credential, once' },
  { name: 'consent', group: 'Authorize:', summary: 'Show what waits for a consent, at the terminal or on a site' },
  { name: 'revoke', group: 'Authorize:', summary: 'Revoke a grant at Webex, and delete it in Vault' },
  { name: 'rotate-secret', group: 'Authorize:', summary: 'Give an integration a new client secret without an outage' },
  { name: 'issue', group: 'Apps:', summary: 'Issue a wrapped secret id for an app' },
  { name: 'agent-config', group: 'Apps:', summary: 'Write a configuration for "bao agent" or "vault agent"' },
  { name: 'kubernetes', group: 'Apps:', summary: 'Print manifests that give pods the access tokens of an app' },
  { name: 'status', group: 'Watch:', summary: 'Show the state of every grant, and what to do next' },
  { name: 'recover', group: 'Watch:', summary: 'Recover lost grants of Service Apps' },
  { name: 'metrics', group: 'Watch:', summary: 'Report the status to Prometheus, once or as a server' },
  { name: 'usage', group: 'Watch:', summary: 'Show who read each credential, from audit logs' },
  { name: 'doctor', group: 'Watch:', summary: 'Find the first problem, and the command that fixes it' },
  { name: 'exec', group: 'Operators:', summary: 'Run a command as an operator' },
  { name: 'token', group: 'Operators:', summary: 'Print a Vault token of an operator' },
  {
    name: 'operators',
    group: 'Operators:',
    summary: 'Manage the roles and logins of operators',
    commands: [{ name: 'update', summary: 'Write the roles and policies that the deployment needs now' }],
    examples: { 'webex-token-vault operators update --rotate': 'Give every operator a new secret id' },
  },
  { name: 'unseal', group: 'Server:', summary: 'Unseal a server with its key shares' },
  { name: 'pause', group: 'Server:', summary: 'Pause refreshing before a stop of the server or its plugin' },
  { name: 'resume', group: 'Server:', summary: 'Resume refreshing after a pause' },
  {
    name: 'backup',
    group: 'Server:',
    summary: 'Write and verify snapshots of the server',
    commands: [
      { name: 'create', summary: 'Write a snapshot of the server to a file' },
      { name: 'verify', summary: 'Prove that a snapshot can be restored, and list its grants' },
    ],
    examples: {
      'webex-token-vault backup create grants.snap': 'Write a snapshot to a file',
      'webex-token-vault backup verify grants.snap': 'Ask for the key shares, then look for each grant in it',
    },
  },
  { name: 'restore', group: 'Server:', summary: 'Restore a snapshot, and read a credential to prove it' },
  { name: 'completion', summary: 'Print a completion script for bash or zsh', group: 'Shell:' },
  {
    name: 'internal',
    summary: 'Run the commands that Terraform and shells start',
    commands: [
      { name: 'complete', summary: 'Print the words that may follow on a command line; shells run it' },
      { name: 'write-entry', summary: 'Write the client secret of an integration; Terraform runs it' },
      { name: 'reload-plugin', summary: 'Make Vault run the registered plugin; Terraform runs it' },
    ],
    examples: {
      'webex-token-vault internal complete -- revoke te': 'Print the words that may follow on this command line',
    },
  },
];
