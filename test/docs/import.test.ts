import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

const page = readFileSync(join(PROJECT_FOLDER, 'docs/tasks/import.md'), 'utf8');

/** The declaration on the page. */
function declared(): Deployment {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(page) ?? [];
  const { outputText } = ts.transpileModule(code.replaceAll(/^ {3}/gm, ''), {
    compilerOptions: { module: ts.ModuleKind.CommonJS },
  });
  const module = { exports: {} as { default?: Deployment } };
  const required = (name: string): object => {
    expect(name).toBe('webex-token-vault/deployment');
    return { defineDeployment };
  };
  runInNewContext(outputText, { require: required, exports: module.exports });
  if (module.exports.default === undefined) {
    throw new Error('the page declares nothing');
  }
  return module.exports.default;
}

it("the page declares the article's integration and credential, and imports its mount", () => {
  const { engine, integrations, credentials } = declared();
  expect(engine).toMatchObject({ import: true, mountPath: 'oauthapp', plugin: { name: 'oauthapp' } });
  expect(integrations).toMatchObject([{ name: 'webex-myapp', redirectUrl: 'http://localhost:5000' }]);
  expect(credentials).toMatchObject([{ name: 'testauth', scopes: ['spark:people_read'] }]);
});
