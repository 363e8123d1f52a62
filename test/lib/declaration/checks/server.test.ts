import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

type Server = DeploymentInput['vault']['server'];

/** @param input includes values that the types refuse */
function define(input: object): void {
  exampleDeployment({ vault: { server: { mode: 'production', ...input } as Server } });
}

const AWS = { type: 'awskms', kmsKeyId: 'k' };
const STATIC = { type: 'static', currentKeyId: 'b', currentKeyFile: 'b.key' };
const TRANSIT = { type: 'transit', address: 'https://vault.example.com:8200', keyName: 'unseal' };
const PLUGIN = { pluginCommand: 'awskms', pluginSha256: 'a'.repeat(64) };

const KMS_SEALS = [
  AWS,
  { type: 'gcpckms', project: 'p', region: 'r', keyRing: 'k', cryptoKey: 'c' },
  { type: 'azurekeyvault', tenantId: 't', vaultName: 'v', keyName: 'k' },
  { type: 'ocikms', keyId: 'k', cryptoEndpoint: 'c', managementEndpoint: 'm' },
  { type: 'pkcs11', lib: '/lib/hsm.so', keyLabel: 'k', slot: '0' },
];

it.each(KMS_SEALS)('OpenBao needs a plugin for seal $type, and Vault has the seal built in', (seal) => {
  expect(() => define({ seal })).toThrow(
    `vault.server.seal of type "${seal.type}" needs a plugin, because OpenBao has none built in since 2.7; add pluginCommand and pluginSha256 to the seal, and the file to the plugin directory`,
  );
  expect(() => define({ seal: { ...seal, ...PLUGIN } })).not.toThrow();
  expect(() => define({ seal, product: 'vault' })).not.toThrow();
  expect(() => define({ seal: { ...seal, ...PLUGIN }, product: 'vault' })).toThrow(
    `vault.server.seal.pluginCommand must be left out: "${seal.type}" is built into Vault`,
  );
});

it.each([
  [AWS, 'secretKey', 'AWS_SECRET_ACCESS_KEY'],
  [AWS, 'session_token', 'AWS_SESSION_TOKEN'],
  [KMS_SEALS[1], 'credentials', 'GOOGLE_APPLICATION_CREDENTIALS'],
  [KMS_SEALS[2], 'clientSecret', 'AZURE_CLIENT_SECRET'],
  [KMS_SEALS[4], 'pin', 'BAO_HSM_PIN'],
  [TRANSIT, 'token', 'VAULT_TOKEN'],
])('the seal %j refuses the secret %s without repeating it, and names the variable to use', (seal, name, variable) => {
  const withSecret = (): void => define({ seal: { ...seal, [name]: 'very-secret' } });
  expect(withSecret).toThrow(
    `deployment.ts: vault.server.seal must not have ${name}, which Terraform's state would show; leave it out and set ${variable}`,
  );
  expect(withSecret).not.toThrow(/very-secret/);
});

it.each([
  [{ seal: { type: 'awskms' } }, 'vault.server.seal.kmsKeyId '],
  [{ seal: { type: 'alicloudkms' } }, 'vault.server.seal.type must be static, transit, awskms'],
  [
    { seal: { ...AWS, pluginCommand: 'awskms' } },
    'vault.server.seal needs pluginCommand and pluginSha256 together, got one; set both for OpenBao, and none for Vault',
  ],
  [
    { seal: { ...AWS, ...PLUGIN, pluginSha256: 'a' } },
    'vault.server.seal.pluginSha256 must be 64 lower-case hex digits, got "a"',
  ],
  [
    { seal: { ...STATIC, previousKeyId: 'b', previousKeyFile: 'a.key' } },
    'vault.server.seal must have a name for each key, got "b" for both; give the new key a new name',
  ],
  [
    { seal: { ...STATIC, previousKeyId: 'a', previousKeyFile: 'old/b.key' } },
    'vault.server.seal must have a file name for each key, got "b.key" for both; rename one of them',
  ],
  [
    { seal: { ...STATIC, previousKeyFile: 'a.key' } },
    'vault.server.seal needs previousKeyId and previousKeyFile together, got one; set both or none',
  ],
  [{ seal: STATIC, product: 'vault' }, 'vault.server.seal.type "static" is for OpenBao only; use another seal'],
  [
    { seal: { ...TRANSIT, tlsSkipVerify: true } },
    'vault.server.seal must not have tlsSkipVerify, which would accept any server; leave it out, and set the CA as tlsCaCert',
  ],
  [
    { seal: { ...TRANSIT, address: 'http://vault.example.com:8200' } },
    'vault.server.seal.address must be https, because tokens go there, got "http://vault.example.com:8200"',
  ],
  [{ seal: { ...TRANSIT, keyname: 'unseal' } }, 'vault.server.seal has no field "keyname"; did you mean "keyName"?'],
  [
    { disableMlock: true },
    'vault.server.disableMlock is for Vault only, and OpenBao never locks its memory; leave it out',
  ],
  [{ mode: 'dev', ipcLock: true }, 'vault.server.ipcLock is for Vault only'],
])('the deployment refuses the server %j', (input, problem) => {
  expect(() => define(input)).toThrow(problem);
});
