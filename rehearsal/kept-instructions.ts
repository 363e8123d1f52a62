import { findCredential, findIntegration } from '../lib/declaration/derived/by-name';
import { consentSite } from '../lib/declaration/derived/consent-site';
import type { Quickstart } from './quickstart-run';
import { appEnvironmentFile, clientSecretFile, rehearsedApps, writeShellEnvironment } from './shell-environment';

/** Tells a person how to use a quickstart that keeps running. */
export async function keptInstructions({ rehearsal, binary, app, credentialName }: Quickstart): Promise<string> {
  const file = await writeShellEnvironment(rehearsal, binary);
  const { engine } = rehearsal.deployment;
  const { integration } = findCredential(rehearsal.deployment, credentialName);
  const site = consentSite(findIntegration(rehearsal.declared, integration));
  const program = await rehearsal.admin.programName();
  const other = rehearsedApps(rehearsal)[1] ?? app;
  const examples = [
    [`webex-token ${credentialName}`, `as app ${app.name}`],
    [`webex-token-vault authorize ${credentialName}${site ? '' : ' --pkce'} --replace`, 'as operator authorizer'],
    [`webex-token-vault issue ${app.name}`, 'as operator issuer'],
    [`${program} read ${engine.mountPath}/creds/${credentialName}`, 'with the root token'],
    [`source ${appEnvironmentFile(rehearsal, other)}`, `act as app ${other.name} from now on`],
  ] as const;
  const width = Math.max(...examples.map(([line]) => line.length));
  return `
The servers run until you press Ctrl-C. Open another terminal with bash or zsh in this folder, and run:

  source ${file}

That shell works with this quickstart only. Close it after the quickstart has ended.

Then try, for example:

${examples.map(([line, who]) => `  ${line.padEnd(width)}  # ${who}\n`).join('')}
If a command asks for key shares, add --key-shares ${rehearsal.folder}
If a command asks for the client secret, add --client-secret-file ${clientSecretFile(rehearsal, integration)}
${site === undefined ? '' : `To open a link at ${site.base.href} on this machine, follow "Try a link first" of docs/tasks/consent.md\n`}
`;
}
