import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ExplainedError } from '#core';
import { VaultServer } from '../../../constructs/server/vault-server';
import { resources, synthesize, testApp } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'oauthapp'), '#!/bin/sh\n', { mode: 0o755 });
});

function declareStack(pluginPath: string | undefined, sha256?: string) {
  const deployment = exampleDeployment({
    vault: { server: { mode: 'dev' } },
    engine: { plugin: { path: pluginPath, sha256 } },
  });
  return synthesize(new VaultServer(testApp(), 'vault-server', deployment));
}

it('the stack of a dev server has a container and its image, and prints the root token only by a command', () => {
  const { resource, output, provider } = declareStack(join(folder, 'oauthapp'));
  const addresses = Object.entries(resource).flatMap(([type, all]) => Object.keys(all).map((id) => `${type}.${id}`));
  expect(addresses).toEqual([
    'docker_container.server_container_D6CA2B23',
    'docker_image.server_image_76305025',
    'terraform_data.declared',
    'terraform_data.deployment',
  ]);
  expect(output).toEqual({
    root_token_command: {
      description: 'Command that prints the root token of the dev server, which is only in its log',
      value: "docker logs webex-token-vault 2>&1 | sed -n 's/^Root Token: //p' | tail -n 1",
    },
    vault_addr: { value: 'http://127.0.0.1:8200' },
  });
  expect(provider).toEqual({ docker: [{}] });
  expect(resource.terraform_data?.declared).toMatchObject({
    depends_on: [
      'terraform_data.deployment',
      'docker_image.server_image_76305025',
      'docker_container.server_container_D6CA2B23',
    ],
    input: '{"format":1,"mode":"dev","nodes":["webex-token-vault"],"volumes":[]}',
  });
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
