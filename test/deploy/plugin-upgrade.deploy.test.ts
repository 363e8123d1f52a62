import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { declaredConfiguration } from '../../lib/declaration/derived/engine-configuration';
import { readRefreshing } from '../../lib/vault/engine-refreshing';
import { succeeded } from '../fixtures/worlds/deployed-server';
import { DueGrants } from '../../rehearsal/outage/due-grants';
import { describeUnless } from '../fixtures/runs/left-out';
import { atThePaceOfThisMachine, type Attempt } from '../../rehearsal/outage/machine-pace';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The real Terraform upgrades the plugin during refreshes. test/server/planned-stop does the same with the applier. */

/** Refreshes of all grants but the first 16 take nine times the delay of Webex. The deploy pauses before they end. */
const GRANTS = 160;
const PROVIDER_TIMEOUT_SECONDS = 10;
const RELOAD = 'terraform_data.engine_reload_6B392DB2';

describeUnless(terraformUnavailable())('a plugin that is upgraded', () => {
  let plugins: string;
  let operated: OperatedVault;
  let grants: DueGrants;
  let pluginFile = 'oauthapp';

  beforeAll(async () => {
    plugins = temporaryFolder();
    const [first, next] = [join(plugins, 'oauthapp'), join(plugins, 'oauthapp-next')];
    copyFileSync(await findOauthappPlugin(), first);
    // The same program with other bytes stands for an upgrade.
    copyFileSync(first, next);
    appendFileSync(next, 'next');
    // This file is no plugin.
    writeFileSync(join(plugins, 'oauthapp-broken'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    operated = await OperatedVault.start({ seal: 'shamir', pluginDirectory: plugins });
    operated.engine.webex.behavior.refresh = 'rotate';
    declarePlugin('oauthapp');
    succeeded(await operated.init());
    await deploy();
    grants = new DueGrants(operated.engine, GRANTS);
  });
  afterAll(() => operated[Symbol.asyncDispose]());

  /** @param providerTimeoutSeconds limit of an answer of Webex; the engine drops later ones, which loses the grant */
  function declarePlugin(file: string, providerTimeoutSeconds = PROVIDER_TIMEOUT_SECONDS): void {
    const { engine } = operated.deployment;
    pluginFile = file;
    operated.declare({
      engine: {
        ...engine,
        tuning: { providerTimeoutSeconds },
        plugin: { ...engine.plugin, path: join(plugins, file) },
      },
    });
  }

  async function deploy(stackDirectory?: string): Promise<readonly string[]> {
    return (await operated.deploy('terraform', stackDirectory)).changed;
  }

  async function checkInterval(): Promise<number> {
    return (await readRefreshing(await operated.as('provisioner'), 'oauthapp')).checkIntervalSeconds;
  }

  /** Upgrades to the other file while the engine refreshes. */
  async function upgrade({ scale, lateness }: Attempt) {
    const timeoutSeconds = PROVIDER_TIMEOUT_SECONDS * scale;
    declarePlugin(pluginFile === 'oauthapp' ? 'oauthapp-next' : 'oauthapp', timeoutSeconds);
    const stackDirectory = await operated.synthesize();
    return operated.asRoot(async (root) => {
      await root.write('oauthapp/config', declaredConfiguration(operated.deployment));
      await grants.authorize(root);
      const { result: changed, refreshed } = await grants.during(root, { lateness, timeoutSeconds }, () =>
        deploy(stackDirectory),
      );
      return { changed, refreshed, lost: await grants.lost(root) };
    });
  }

  test('the upgrade loses no grant during refreshes and leaves an empty plan', async () => {
    const outcome = await atThePaceOfThisMachine(upgrade);
    expect(outcome.changed).toEqual(expect.arrayContaining([RELOAD]));
    expect(outcome.refreshed).toBeLessThan(GRANTS);
    expect(outcome.lost).toEqual([]);
    expect(await checkInterval()).toBe(3600);
    expect(await deploy()).toEqual([]);
  });

  test('deploy reports a plugin that does not start, and the next deploy of a good plugin restores the refresh interval', async () => {
    declarePlugin('oauthapp-broken');
    await expect(deploy()).rejects.toThrow('apply failed');
    declarePlugin('oauthapp-next');
    await deploy();
    expect(await checkInterval()).toBe(3600);
    expect(await deploy()).toEqual([]);
  });

  test('deploy resumes an engine that a failed deploy left paused', async () => {
    succeeded(await operated.run('pause', ['--operators', operated.operators]));
    expect(await deploy()).toEqual([expect.stringContaining('vault_generic_endpoint.engine_config')]);
    expect(await checkInterval()).toBe(3600);
    expect(await deploy()).toEqual([]);
  });
});
