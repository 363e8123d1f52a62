import type { Answers } from './answers';

/** The declaration of one credential that one app reads. */
export function declarationText(answers: Answers, { isYaml }: { readonly isYaml: boolean }): string {
  return isYaml ? yamlText(answers) : moduleText(answers);
}

function moduleText({ vault, owner }: Answers): string {
  const fields = ["name: 'testauth'", "integration: 'webex-myapp'", "scopes: ['spark:people_read']"];
  const credential =
    owner === undefined
      ? `[{ ${fields.join(', ')} }]`
      : `[\n    {\n${[...fields, `owner: '${owner}'`].map((field) => `      ${field},\n`).join('')}    },\n  ]`;
  return `import { defineDeployment } from 'webex-token-vault/deployment';

/** The deployment. After a change, "webex-token-vault list" shows it, and "webex-token-vault deploy" applies it. */
export default defineDeployment({
  vault: { ${vault === undefined ? "server: { mode: 'dev' }" : `address: '${vault}'`} },
  integrations: [
    { name: 'webex-myapp', clientId: process.env.WEBEX_CLIENT_ID, redirectUrl: 'http://localhost:5000/auth' },
  ],
  credentials: ${credential},
  apps: [{ name: 'people-me', reads: ['testauth'] }],
});
`;
}

function yamlText({ vault, owner }: Answers): string {
  return `# yaml-language-server: $schema=node_modules/webex-token-vault/docs/reference/deployment.schema.json
# The deployment. After a change, "webex-token-vault list" shows it, and "webex-token-vault deploy" applies it.
vault:
${vault === undefined ? '  server: { mode: dev }' : `  address: ${JSON.stringify(vault)}`}
integrations:
  - name: webex-myapp
    clientId: { env: WEBEX_CLIENT_ID }
    redirectUrl: http://localhost:5000/auth
credentials:
  - name: testauth
    integration: webex-myapp
    scopes: [spark:people_read]
${owner === undefined ? '' : `    owner: ${JSON.stringify(owner)}\n`}apps:
  - name: people-me
    reads: [testauth]
`;
}
