import {
  describeCredential,
  refuseMissing,
  refuseOtherProgram,
} from '../../../../lib/server/snapshots/snapshot-verification';
import { verificationSeal } from '../../../../lib/server/snapshots/snapshot-seal';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

const server = { initialized: true, sealed: false };

test.each(['2.7.2', '2.7.10', '2.10.0', '3.0.0'])('a program of version %s reads a snapshot of 2.7.2', (version) => {
  const program = { command: 'bao', product: 'OpenBao', version } as const;
  expect(() => refuseOtherProgram(program, { ...server, product: 'openbao', version: '2.7.2' })).not.toThrow();
});

test.each(['2.7.1', '2.6.9', '1.99.99'])(
  'a program of version %s is older than the server of the snapshot',
  (version) => {
    const program = { command: 'bao', product: 'OpenBao', version } as const;
    expect(() => refuseOtherProgram(program, { ...server, product: 'openbao', version: '2.7.2' })).toThrow(
      `"bao" is OpenBao ${version}, older than the server, 2.7.2`,
    );
  },
);

test('the check refuses a program of another product than the snapshot', () => {
  const program = { command: 'bao', product: 'OpenBao', version: '2.7.2' } as const;
  expect(() => refuseOtherProgram(program, { ...server, product: 'vault', version: '1.21.4+ent' })).toThrow(
    '"bao" is OpenBao 2.7.2, and the snapshot is of Vault 1.21.4+ent; name a program of that product with --program',
  );
});

test('the check refuses a program of another product than the declared one', () => {
  const program = { command: 'bao', product: 'OpenBao', version: '2.7.2' } as const;
  expect(() => refuseOtherProgram(program, { product: 'vault' })).toThrow(
    '"bao" is OpenBao 2.7.2, and vault.server declares Vault; name a program of that product with --program',
  );
  expect(() => refuseOtherProgram(program, { product: 'openbao' })).not.toThrow();
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
    /^the seal "transit" opens a snapshot only where .+; restore it onto an empty server with that seal instead: .+$/,
  );
});

test('the check requires the key file of a static seal on this machine', () => {
  const seal = { type: 'static', currentKeyId: 'one', currentKeyFile: 'no-such.key' } as const;
  const deployment = exampleDeployment({ vault: { server: { mode: 'production', seal } } });
  expect(() => verificationSeal(deployment, '/nowhere')).toThrow(
    /^the key of the static seal \/nowhere\/no-such\.key cannot be read \(ENOENT\), .+; run this where it is, .+$/,
  );
});

test('key shares open a snapshot without a seal', () => {
  expect(verificationSeal(exampleDeployment(), '/')).toBeUndefined();
});
