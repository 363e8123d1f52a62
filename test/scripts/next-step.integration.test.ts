import { mkdir } from 'node:fs/promises';
import { authorize } from '../../lib/grants/consent/ways/code-grant';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../lib/declaration/schema/deployment';
import { applyDeclaration } from '../../rehearsal/applier/stack';
import { runCommand } from '../fixtures/programs/command-run';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { SERVER_PRODUCT } from '../fixtures/runs/server-product';
import { startRehearsal } from '../fixtures/worlds/applied-rehearsal';

/* The way from an empty server to the first grant, only by the commands that `doctor` names. */

/** A server without any of our objects. */
interface Place extends AsyncDisposable {
  readonly environment: NodeJS.ProcessEnv;
  /** Action of each command. */
  readonly steps: Readonly<Record<string, () => Promise<unknown>>>;
}

const DEPLOYED = ['deploy webex-tokens', 'authorize testauth', 'issue people-me'];

async function productionServer(): Promise<Place> {
  const operated = await OperatedVault.start();
  // The declaration has a separate folder. Both stacks are synthesized together, and stack vault-server requires
  // certificates on this machine.
  const declared = operated.path('declared');
  await mkdir(declared);
  const deployment = defineDeployment({
    ...operated.deployment,
    vault: { server: { mode: 'production', product: SERVER_PRODUCT } },
  });
  const environment = {
    ...operated.environment,
    ...deploymentInFile(declared, deployment),
    WEBEX_TOKEN_VAULT_OPERATORS: operated.operators,
  };
  return {
    environment,
    steps: {
      init: () => operated.init(),
      'deploy webex-tokens': () => operated.deploy(),
      'authorize testauth': () => operated.authorize(),
      'issue people-me': () => operated.appRole('people-me'),
    },
    [Symbol.asyncDispose]: () => operated[Symbol.asyncDispose](),
  };
}

/** An unsealed server, with a token that has all rights. */
async function runningServer(server?: DeploymentInput['vault']['server']): Promise<Place> {
  const rehearsal = await startRehearsal(exampleDeployment());
  const { address, rootToken } = rehearsal.server;
  const { admin, deployment, webex } = rehearsal;
  const vault = server === undefined ? { address } : { server };
  return {
    environment: {
      ...deploymentInFile(rehearsal.folder, defineDeployment({ ...deployment, vault })),
      VAULT_ADDR: address,
      VAULT_TOKEN: rootToken,
    },
    steps: {
      // A holder of that token deploys without the operators of `init`.
      'deploy webex-tokens': async () =>
        applyDeclaration({
          stackDirectory: await rehearsal.synthesize(),
          vault: admin,
          token: rootToken,
          variables: rehearsal.variables,
          environment: rehearsal.environment,
          by: 'applier',
          note: () => undefined,
        }),
      'authorize testauth': () =>
        authorize({
          vault: admin,
          deployment,
          credentialName: 'testauth',
          onUrl: async (url) => {
            await fetch(await webex.consent(url));
          },
        }),
      'issue people-me': () => rehearsal.appRole('people-me'),
    },
    [Symbol.asyncDispose]: () => rehearsal.stop(),
  };
}

/** Follows the doctor until no problem is left. @returns its commands and its output */
async function walk({ environment, steps }: Place): Promise<{ commands: string[]; said: string[] }> {
  const commands: string[] = [];
  const said: string[] = [];
  for (;;) {
    const { stdout, exitCode } = await runCommand('doctor', [], environment);
    said.push(stdout);
    const line = /^error: .*$/m.exec(stdout)?.[0];
    if (line === undefined) {
      expect(exitCode).toBe(0);
      return { commands, said };
    }
    const command = /webex-token-vault ([a-z]+(?: [\w-]+)*)$/.exec(line)?.[1] ?? '';
    expect({ line, isKnown: command in steps, isNew: !commands.includes(command) }).toEqual({
      line,
      isKnown: true,
      isNew: true,
    });
    commands.push(command);
    await steps[command]?.();
  }
}

test.each<[string, () => Promise<Place>, readonly string[]]>([
  ['a dev server', () => runningServer({ mode: 'dev', product: SERVER_PRODUCT }), DEPLOYED],
  ['a production server', productionServer, ['init', ...DEPLOYED]],
  ['a Vault that exists', () => runningServer(), DEPLOYED],
])('doctor leads from %s to the first grant', async (name, start, commands) => {
  await using place = await start();
  const walked = await walk(place);
  expect(walked.commands).toEqual(commands);
  // A declared server gets the plugin with its deploy.
  const told = walked.said.map((said) => /^advice plugin "\S+" must be in the plugin_directory/m.test(said));
  expect(told).toEqual([name === 'a Vault that exists', ...commands.map(() => false)]);
});

test('status names the same command between init and the first deploy', async () => {
  await using place = await productionServer();
  await place.steps.init?.();
  const { exitCode, stderr } = await runCommand('status', [], place.environment);
  expect(stderr).toBe(
    'error: nothing is deployed in this Vault yet: the observer can log in, but its policy "oauthapp-observer" is missing; npx --no-install webex-token-vault deploy webex-tokens\n',
  );
  expect(exitCode).toBe(3);
});
