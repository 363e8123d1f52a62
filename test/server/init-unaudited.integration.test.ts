import { chmod, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ServerProcess } from '../../lib/processes/server-process';
import { findServer } from '../../rehearsal/server/server-binary';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { onOpenBao } from '../fixtures/runs/server-product';

/* `init` on an OpenBao of somebody else, whose configuration has no audit device. */

onOpenBao.describe('npx --no-install webex-token-vault init without an audit device', () => {
  let operated: OperatedVault;
  let server: ServerProcess;
  let stanza: string;
  let next: string[];

  async function start(binary: string): Promise<void> {
    const { configuration, address, ca } = operated.server.node;
    const whole = z.record(z.string(), z.unknown()).parse(JSON.parse(configuration.toJson()));
    const config = Object.fromEntries(Object.entries(whole).filter(([section]) => section !== 'audit'));
    server = await ServerProcess.start({ binary, config, address, ca });
  }

  beforeAll(async () => {
    operated = await OperatedVault.start();
    await operated.server.node.kill();
    await start(await findServer());
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await operated[Symbol.asyncDispose]();
  });

  it('init shows the required audit configuration before its first change, and afterwards the next command', async () => {
    const file = operated.path('own-audit.log');
    const { exitCode, stderr } = await operated.init('--audit-file', file);
    const [before = '', initialized = ''] = stderr.split('\n');
    [, stanza = ''] =
      /^the configuration of \S+ is not declared here, .*; it needs an audit device: (audit .*)$/.exec(before) ?? [];
    expect(stanza).toContain(file);
    expect(initialized).toMatch(/^initialized: /);
    const [, named, command = ''] =
      /\nerror: nothing is audited: .* declares no audit device; add (audit .*) and restart it\. The key shares are written; then unseal it if it was restarted, and go on with "npx --no-install webex-token-vault (operators update .*)"\n$/.exec(
        stderr,
      ) ?? [];
    expect(named).toBe(stanza);
    expect(exitCode).toBe(1);
    next = command.split(' ');
  });

  it('the named command completes init after the audit device is configured', async () => {
    await server[Symbol.asyncDispose]();
    const [hcl, program] = [operated.path('audit.hcl'), operated.path('audited-server')];
    await writeFile(hcl, `${stanza}\n`);
    await writeFile(program, `#!/bin/sh\nexec '${await findServer()}' "$@" -config='${hcl}'\n`);
    await chmod(program, 0o755);
    await start(program);
    expect((await operated.run('unseal', ['--key-shares', operated.operators])).exitCode).toBe(0);
    const [name = '', ...args] = next;
    const { exitCode, stderr } = await operated.run(name, args);
    expect(stderr).toContain('audit is on: file/');
    expect(exitCode).toBe(0);
  });
});
