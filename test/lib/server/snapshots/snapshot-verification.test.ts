import {
  describeCredential,
  refuseMissing,
  refuseOtherProgram,
  type SnapshotOrigin,
} from '../../../../lib/server/snapshots/snapshot-verification';
import { verificationSeal } from '../../../../lib/server/snapshots/snapshot-seal';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

const SERVER: SnapshotOrigin = { product: 'openbao', version: '2.7.2' };

function check(version: string, origin: SnapshotOrigin): void {
  refuseOtherProgram({ command: 'bao', product: 'OpenBao', version }, origin);
}

test.each(['2.7.2', '2.7.10', '2.10.0', '3.0.0'])('a program of version %s reads a snapshot of 2.7.2', (version) => {
  expect(() => check(version, SERVER)).not.toThrow();
});

test('a program reads the snapshot of a declared server of its product', () => {
  expect(() => check('2.7.2', { product: 'openbao' })).not.toThrow();
});

const NAME = 'name a program of that product with --program';

test.each<[version: string, origin: SnapshotOrigin, refusal: string]>([
  ['2.7.1', SERVER, 'older than the server (2.7.2)'],
  ['2.6.9', SERVER, 'older than the server (2.7.2)'],
  ['1.99.99', SERVER, 'older than the server (2.7.2)'],
  ['2.7.2', { product: 'vault', version: '1.21.4+ent' }, `and the snapshot is of Vault 1.21.4+ent; ${NAME}`],
  ['2.7.2', { product: 'vault' }, `and vault.server declares Vault; ${NAME}`],
])('the check refuses OpenBao %s for a snapshot of %j', (version, origin, refusal) => {
  expect(() => check(version, origin)).toThrow(`"bao" is OpenBao ${version}, ${refusal}`);
});

test('the check refuses a damaged grant even if the grant may be absent', () => {
  const credential = { name: 'testauth', state: 'damaged', problem: 'it is not JSON' } as const;
  expect(describeCredential(credential)).toBe('testauth: damaged: it is not JSON');
  expect(() => refuseMissing('a.snap', [credential], ['testauth'])).toThrow(
    /^a\.snap has a damaged grant of "testauth", .+ authorize$/,
  );
});

test('the check refuses a seal whose key is elsewhere and names the alternative', () => {
  const seal = { type: 'transit', address: 'https://other.example', keyName: 'unseal' } as const;
  const deployment = exampleDeployment({ vault: { server: { mode: 'production', seal } } });
  expect(() => verificationSeal(deployment, '/')).toThrow(
    /^a throw-away server .+ no access to the seal "transit", .+; restore the snapshot onto an empty server with that seal instead: .+$/,
  );
});

test('the check requires the key file of a static seal on this machine', () => {
  const seal = { type: 'static', currentKeyId: 'one', currentKeyFile: 'no-such.key' } as const;
  const deployment = exampleDeployment({ vault: { server: { mode: 'production', seal } } });
  expect(() => verificationSeal(deployment, '/nowhere')).toThrow(
    /^the key of the static seal \/nowhere\/no-such\.key cannot be read \(ENOENT\), .+; run this where the file is, .+$/,
  );
});

test('key shares open a snapshot without a seal', () => {
  expect(verificationSeal(exampleDeployment(), '/')).toBeUndefined();
});
