import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { killAtExit } from '../lib/process/child-process';
import { freePort } from '../lib/process/free-port';
import type { MeasuredEngine } from './measured-engine';

const START_TIMEOUT_MS = 15_000;

/** `bao agent` beside a program: logs in as the app, and answers in its name, from its cache where it can. */
export class Agent implements AsyncDisposable {
  private constructor(
    readonly address: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param vault where it finds the server */
  static async start(engine: MeasuredEngine, vault: string, folder: string): Promise<Agent> {
    const port = await freePort();
    const [roleIdFile, configFile] = [join(folder, 'role-id'), join(folder, 'agent.json')];
    await writeFile(roleIdFile, engine.roleId);
    const method = {
      type: 'approle',
      config: {
        role_id_file_path: roleIdFile,
        secret_id_file_path: engine.secretIdFile,
        remove_secret_id_file_after_reading: false,
      },
    };
    const config = {
      vault: { address: vault },
      auto_auth: { method: [method] },
      cache: { use_auto_auth_token: true },
      listener: [{ tcp: { address: `127.0.0.1:${port}`, tls_disable: true } }],
    };
    await writeFile(configFile, JSON.stringify(config));
    const child = spawn(engine.binary, ['agent', `-config=${configFile}`, '-log-level=error'], { stdio: 'ignore' });
    const release = killAtExit(child);
    const ended = once(child, 'close');
    const agent = new Agent(`http://127.0.0.1:${port}`, async () => {
      child.kill('SIGTERM');
      await ended;
      release();
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await agent.#answers(engine.path))) {
      if (Date.now() > deadline || child.exitCode !== null) {
        await agent[Symbol.asyncDispose]();
        throw new ExplainedError(`${engine.binary} agent does not answer with the token`);
      }
      await sleep(50);
    }
    return agent;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #answers(path: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.address}/v1/${path}`);
      await answer.text();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
