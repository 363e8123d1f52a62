import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { loginAppRole } from '#core';
import { TokenSource } from 'webex-token-client';
import type { FinishedCommand } from '../../lib/processes/child-process';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { EjectedStack } from '../fixtures/worlds/ejected-stack';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { statusOf } from '../fixtures/results/refusal';
import { byProgram } from '../fixtures/worlds/stack-command';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * The engine moves to another path, in one deploy by the provisioner without the loss of a grant. The production
 * server, Terraform and its provider are real.
 */

describeUnless(terraformUnavailable())('an engine that is to be mounted elsewhere', () => {
  let operated: OperatedVault;
  let app: { roleId: string; secretId: string };

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.init();
    await operated.deploy('terraform');
    await operated.authorize();
    app = await operated.appRole('people-me');
  });
  afterAll(() => operated[Symbol.asyncDispose]());

  function mountedAt(mountPath: string, movedFrom?: string): void {
    operated.declare({ engine: { ...operated.deployment.engine, mountPath, movedFrom } });
  }

  async function deployed(secret?: string): Promise<FinishedCommand> {
    const env = {
      ...operated.environment,
      VAULT_TOKEN: await operated.token('provisioner'),
      ...(secret === undefined ? {} : { [`TF_VAR_${clientSecretVariable('webex-myapp')}`]: secret }),
    };
    return byProgram('deploy', 'webex-tokens', { output: operated.path('cdktf.out'), env });
  }

  /**
   * Reads as the app with its original secret id, and forces a refresh as the authorizer.
   *
   * @returns statuses of the refreshes at Webex
   */
  async function refreshed(mountPath: string): Promise<number[]> {
    const { address, ca } = operated.server.node;
    await using tokens = new TokenSource({ ...{ address, ca, ...app, credential: 'testauth', mountPath } });
    expect(await operated.engine.isAccepted((await tokens.token()).accessToken)).toBe(true);
    const before = operated.engine.refreshes.length;
    // No token lives for 99999999 s. The read refreshes the token and then fails.
    const path = `${mountPath}/creds/testauth?minimum_seconds=99999999`;
    await (await operated.as('authorizer')).read(path).catch(() => undefined);
    return operated.engine.refreshes.slice(before);
  }

  /** Plans in a folder of plain Terraform, whose blocks `removed` name the entry at its former addresses. */
  async function plannedWhereEjected(): Promise<Record<string, readonly string[]>> {
    const ejected = await EjectedStack.write({ declared: operated.environment, folder: operated.path('plain') });
    expect(ejected.everything).toContain('"removed"');
    return ejected.plan({ ...operated.environment, VAULT_TOKEN: await operated.token('provisioner') });
  }

  /** Paths of all deletions in the audit log so far. */
  async function deleted(): Promise<string[]> {
    const entry = z.object({ type: z.string(), request: z.object({ operation: z.string(), path: z.string() }) });
    return (await operated.server.auditLog)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => entry.parse(JSON.parse(line)))
      .filter(({ type, request }) => type === 'response' && request.operation === 'delete')
      .map(({ request }) => request.path);
  }

  test('the plan refuses a changed mount path without engine.movedFrom', async () => {
    mountedAt('teams/webex');
    const how =
      'To move it there with its grants, also declare engine.movedFrom: "oauthapp"; otherwise restore its earlier path';
    const what = 'the engine is mounted at "oauthapp", but engine.mountPath is "teams/webex"';
    await expect(operated.deploy('terraform')).rejects.toThrow(`Resource postcondition failed: ${what}. ${how}`);
    const { stderr, exitCode } = await deployed(operated.engine.clientSecret);
    expect(stderr).toContain(`error: ${what}, so nothing was changed. ${how}\n`);
    expect(exitCode).toBe(1);
    await expect(refreshed('oauthapp')).resolves.toEqual([200]);
  });

  test("the engine keeps its grants if the deploy runs before the provisioner's policy allows the move", async () => {
    mountedAt('teams/webex', 'oauthapp');
    const { stderr, exitCode } = await deployed(operated.engine.clientSecret);
    expect(stderr).toMatch(/^error: the Vault token may not do this: it lacks .* operators update/m);
    expect(exitCode).toBe(1);
    await expect(operated.deploy('terraform')).rejects.toThrow('permission denied');
    await expect(deleted()).resolves.not.toContainEqual(expect.stringContaining('servers/'));
    await expect(refreshed('oauthapp')).resolves.toEqual([200]);
  });

  test('the provisioner moves the engine in one deploy after operators update', async () => {
    const updated = await operated.updateOperators('--key-shares', operated.operators);
    expect(updated.stderr).toContain('operator roles and their policies written');
    const { stderr, exitCode } = await deployed(operated.engine.clientSecret);
    expect(stderr).toContain(
      '- the engine moves from "oauthapp" to "teams/webex" with its grants; apps must read there from now on: OAUTHAPP_MOUNT=teams/webex\n',
    );
    expect(stderr).not.toContain(' is lost');
    expect(exitCode).toBe(0);
    await expect(deleted()).resolves.not.toContainEqual(expect.stringContaining('servers/'));
  });

  test('the app reads the grant at the new mount with its earlier secret id, and the engine refreshes it', async () => {
    await expect(refreshed('teams/webex')).resolves.toEqual([200]);
    const { connection } = operated.server.node.client();
    const { token } = await loginAppRole(connection, app);
    const former = operated.server.node.client(token).read('oauthapp/creds/testauth');
    await expect(statusOf(former)).resolves.toBe(403);
  });

  test('the plan after the move is empty, with and without engine.movedFrom', async () => {
    expect((await deployed()).stdout).toContain('Your infrastructure matches the configuration.');
    await expect(plannedWhereEjected()).resolves.toEqual({});
    mountedAt('teams/webex');
    const { stdout, exitCode } = await deployed();
    expect(stdout).toContain('has moved to');
    expect(stripVTControlCharacters(stdout)).toContain('Resources: 0 added, 0 changed, 0 destroyed.');
    expect(exitCode).toBe(0);
    expect((await deployed()).stdout).toContain('Your infrastructure matches the configuration.');
  });

  test('an authorizer replaces the grant at the new mount', async () => {
    const grant = await operated.replaceGrant();
    expect(grant).toMatchObject({ person: { displayName: 'Ada Admin' } });
  });

  test('the provisioner can move the engine only to the declared mount, and no longer after the policy changes', async () => {
    const move = async (from: string, to: string): Promise<number> => {
      const provisioner = await operated.as('provisioner');
      return statusOf(provisioner.write('sys/remount', { from, to }));
    };
    await expect(move('teams/webex', 'elsewhere')).resolves.toBe(403);
    await expect(move('operators', 'teams/webex')).resolves.toBe(403);
    await operated.updateOperators('--key-shares', operated.operators);
    await expect(move('oauthapp', 'teams/webex')).resolves.toBe(403);
  });

  test('the engine keeps refreshing after Terraform moves it without the client secret', async () => {
    mountedAt('webex-two', 'teams/webex');
    await operated.updateOperators('--key-shares', operated.operators);
    const { stderr, exitCode } = await deployed();
    expect(stderr).toMatch(/^error: the client secret of integration "webex-myapp" must be written, but .*TF_VAR_/m);
    expect(exitCode).toBe(1);
    await expect(operated.deploy('terraform', undefined, '')).rejects.toThrow('local-exec provisioner error');
    await expect(refreshed('webex-two')).resolves.toEqual([200]);
    expect((await deployed(operated.engine.clientSecret)).exitCode).toBe(0);
    await expect(refreshed('webex-two')).resolves.toEqual([200]);
  });

  test('the engine moves again while the last move is still declared', async () => {
    mountedAt('oauthapp', 'webex-two');
    await operated.updateOperators('--key-shares', operated.operators);
    expect((await deployed(operated.engine.clientSecret)).exitCode).toBe(0);
    await expect(refreshed('oauthapp')).resolves.toEqual([200]);
    await expect(deleted()).resolves.not.toContainEqual(expect.stringContaining('servers/'));
    expect((await deployed()).stdout).toContain('Your infrastructure matches the configuration.');
  });
});
