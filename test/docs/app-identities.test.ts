import { rootCertificates } from 'node:tls';
import { runInNewContext } from 'node:vm';
import { assignments } from '#core';
import { identityVariables } from '../../lib/apps/identity-variables';
import type { App, DeploymentInput } from '../../lib/declaration/schema/deployment';
import { loginOf } from '../../lib/declaration/derived/logins';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { codeBlocks, type CodeBlock } from '../fixtures/pages/code-block';

/* The declarations in docs/tasks/app-identities.md are valid, and `issue` prints the lines that the page shows. */

const PAGE = 'docs/tasks/app-identities.md';
const blocks = codeBlocks(PAGE);
const declarations = blocks.filter(({ language }) => language === 'ts');

/** The app of a block, which is a field `apps` or an item of it. */
function declaredApp({ text }: CodeBlock): App {
  const code = text.startsWith('apps:') ? `({ ${text} }).apps[0]` : `[${text}][0]`;
  // Any CA will do.
  const app: unknown = runInNewContext(code, { readFileSync: () => rootCertificates[0] });
  const [first] = exampleDeployment({ apps: [app] as DeploymentInput['apps'] }).apps;
  return first as App;
}

it.each(declarations.map((block) => [block.line, block] as const))(
  'the app in line %d is a valid declaration',
  (_, block) => {
    expect(declaredApp(block).reads).toEqual(['testauth']);
  },
);

it('the page has a declaration for each kind of identity', () => {
  const kinds = declarations.map((block) => Object.keys(declaredApp(block).identity ?? { approle: true })[0]);
  expect(kinds).toEqual(['approle', 'github', 'gitlab', 'kubernetes', 'kubernetes', 'cert', 'jwt']);
});

it.each(['nightly', 'pages'])('the page shows the environment that issue prints for %s', (name) => {
  const app = declarations.map(declaredApp).find((each) => each.name === name) as App;
  const deployment = exampleDeployment({ apps: [app] });
  const login = loginOf(deployment, app);
  if (login.type === 'approle') {
    throw new Error(`${name} has an AppRole`);
  }
  const variables = identityVariables(deployment, app, login, { address: 'https://vault.example.com:8200' });
  expect(blocks.map(({ text }) => text)).toContain(`export ${assignments(variables)}\n`);
});
