import { findCredential } from '../lib/declaration/derived/by-name';
import type { Quickstart } from './quickstart-run';
import { appEnvironmentFile, clientSecretFile, rehearsedApps, writeShellEnvironment } from './shell-environment';

/** Tells a person how to use a quickstart that keeps running. */
export async function keptInstructions({ rehearsal, binary, app, credentialName }: Quickstart): Promise<string> {
  const file = await writeShellEnvironment(rehearsal, binary);
  const { engine } = rehearsal.deployment;
  const { integration } = findCredential(rehearsal.deployment, credentialName);
  const program = await rehearsal.admin.programName();
  const other = rehearsedApps(rehearsal)[1] ?? app;
  const examples = [
    [`webex-token ${credentialName}`, `as app ${app.name}`],
    [`webex-token-vault authorize ${credentialName} --pkce --replace`, 'as the operator whose task it is'],
    [`webex-token-vault issue ${app.name}`, 'likewise'],
    [`${program} read ${engine.mountPath}/creds/${credentialName}`, 'as root'],
    [`source ${appEnvironmentFile(rehearsal, other)}`, `from now on as app ${other.name}`],
  ] as const;
  const width = Math.max(...examples.map(([line]) => line.length));
  return `
Everything stays up until Ctrl-C. In another terminal, bash or zsh, from this folder:

  source ${file}

That shell is set up for this quickstart alone: close it when this has ended.

Then, for example:

${examples.map(([line, who]) => `  ${line.padEnd(width)}  # ${who}\n`).join('')}
Commands that ask for key shares take --key-shares ${rehearsal.folder}
Commands that ask for the client secret take --client-secret-file ${clientSecretFile(rehearsal, integration)}

`;
}
