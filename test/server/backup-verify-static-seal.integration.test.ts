import { writeFile } from 'node:fs/promises';
import { findServer } from '../../rehearsal/server/server-binary';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { onOpenBao } from '../fixtures/runs/server-product';

onOpenBao.describe('webex-token-vault backup verify with a static seal', () => {
  it('backup verify opens a snapshot with the declared seal key, and refuses another key in one line', async () => {
    const environment = { REHEARSAL_SERVER: await findServer() };
    await using sealed = await OperatedVault.start({ seal: 'auto' });
    await sealed.init();
    const early = await sealed.run('backup create', [sealed.path('early.snap'), '--operators', sealed.operators]);
    expect(early.stderr).toMatch(
      /^\d+ bytes, checked\nnotice: this backup is not recorded, .+: there are no records at .+\n$/,
    );
    expect(early.exitCode).toBe(0);
    await sealed.deploy();
    await sealed.authorize();
    const seal = { type: 'static', currentKeyId: 'test-1', currentKeyFile: sealed.path('seal.key') } as const;
    sealed.declare({ vault: { server: { mode: 'production', seal } } });
    const file = sealed.path('a.snap');
    const args = ['--operators', sealed.operators, '--key-shares', sealed.operators];
    await sealed.run('backup create', [file, '--operators', sealed.operators]);
    const made = await sealed.run('backup verify', [file, ...args], environment);
    expect(made.stderr).toMatch(/\nverified: .+\n$/);
    expect(made.stdout).toMatch(/\ntestauth: present, with a refresh token, .+\n$/);
    expect(made.exitCode).toBe(0);

    await writeFile(sealed.path('other.key'), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
    const other = { ...seal, currentKeyFile: sealed.path('other.key') };
    sealed.declare({ vault: { server: { mode: 'production', seal: other } } });
    const refused = await sealed.run('backup verify', [file, ...args], environment);
    expect(refused.stderr).toMatch(/\nerror: .+ because the key of the seal does not open what is stored; .+\n$/);
    expect(refused.exitCode).toBe(1);

    sealed.declare({ vault: { server: { mode: 'production' } } });
    const unsealed = await sealed.run('backup verify', [file, ...args], environment);
    expect(unsealed.stderr).toMatch(/\nerror: \S+ is of a server with the seal "static", and .+ is "shamir"; .+\n$/);
    expect(unsealed.exitCode).toBe(1);
  });
});
