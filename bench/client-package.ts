import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { succeeded } from './child-usage';

const PROJECT = resolve(__dirname, '..');

/** A folder with the built and packed `webex-token-client`, installed as an app does. */
export class ClientPackage implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async install(): Promise<ClientPackage> {
    const app = new ClientPackage(await mkdtemp(join(tmpdir(), 'client-package-')));
    try {
      await npm(PROJECT, 'run', 'build', '--workspace', 'client');
      await npm(PROJECT, 'pack', '--workspace', 'client', '--pack-destination', app.folder);
      await writeFile(join(app.folder, 'package.json'), JSON.stringify({ name: 'app', private: true }));
      const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
      await npm(app.folder, 'install', ...quietly, './webex-token-client-0.1.0.tgz');
      return app;
    } catch (error) {
      await app[Symbol.asyncDispose]();
      throw error;
    }
  }

  get command(): string {
    return join(this.folder, 'node_modules', '.bin', 'webex-token');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

const npm = (cwd: string, ...args: readonly string[]): Promise<string> => succeeded('npm', args, { cwd });
