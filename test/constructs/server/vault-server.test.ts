import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ExplainedError } from '#core';
import { VaultServer } from '../../../constructs/server/vault-server';
import { resources, synthesize, testApp } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
  writeFileSync(join(folder, 'oauthapp'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

function declareStack(pluginPath: string | undefined, sha256?: string) {
  const deployment = exampleDeployment({
    vault: { server: { mode: 'dev' } },
    engine: { plugin: { path: pluginPath, sha256 } },
  });
  return synthesize(new VaultServer(testApp(), 'vault-server', deployment));
}

it('the stack of a dev server matches its snapshot', () => {
  const declaration = declareStack(join(folder, 'oauthapp'));
  expect(JSON.parse(JSON.stringify(declaration).replaceAll(folder, '/srv/plugins'))).toMatchSnapshot();
});

it('the stack refers to a plugin inside the project by a relative path', () => {
  const path = relative(PROJECT_FOLDER, join(folder, 'oauthapp'));
  const [container] = resources(declareStack(path), 'docker_container');
  expect(container).toMatchObject({
    mounts: [{ source: `\${abspath("../../../${relative(PROJECT_FOLDER, folder)}")}` }],
  });
});

it('the stack requires the path of the plugin binary', () => {
  const declareWithout = () => declareStack(undefined, 'a'.repeat(64));
  expect(declareWithout).toThrow(ExplainedError);
  expect(declareWithout).toThrow('vault.server needs the plugin binary to run, got no engine.plugin.path');
});
