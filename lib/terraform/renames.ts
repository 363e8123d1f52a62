import { z } from 'zod';
import type { ResourceChange } from './plan';

type Kind = 'integration' | 'app';

const byVaultName = z.record(z.string(), z.string()).default({});

/** As the stack notes it. */
const noted = z
  .object({ integrations: byVaultName, apps: byVaultName })
  .transform(({ integrations, apps }): Record<Kind, Record<string, string>> => ({
    integration: integrations,
    app: apps,
  }))
  .catch({ integration: {}, app: {} });

const STAYS: Readonly<Record<Kind, string>> = {
  integration: 'its grants stay',
  app: 'its role id and its secret ids stay',
};

/** What the declaration calls what Vault has under its first name, before a plan is applied and afterwards. */
export class Renames {
  readonly #before: z.output<typeof noted>;
  readonly #after: z.output<typeof noted>;
  /** Names in Vault of what is there now, and of what there will be. */
  readonly #present: Readonly<Record<Kind, readonly string[]>>;
  readonly #future: Readonly<Record<Kind, readonly string[]>>;
  /** Apps that have no secret id, as they have an identity of their own. */
  readonly #withIdentity: readonly string[];

  constructor(changes: readonly ResourceChange[]) {
    const note = changes.find(({ type, name }) => type === 'terraform_data' && name === 'renamed');
    this.#before = noted.parse(note?.objectBefore('input'));
    this.#after = noted.parse(note?.objectAfter('input'));
    this.#withIdentity = namesIn(changes.filter(({ type }) => type !== 'vault_approle_auth_backend_role')).app;
    this.#present = namesIn(changes.filter(({ isCreated, isDeleted }) => isDeleted || !isCreated));
    this.#future = namesIn(changes.filter(({ isCreated, isDeleted }) => isCreated || !isDeleted));
  }

  before(kind: Kind, vaultName: string): string {
    return this.#before[kind][vaultName] ?? vaultName;
  }

  after(kind: Kind, vaultName: string): string {
    return this.#after[kind][vaultName] ?? vaultName;
  }

  get notices(): string[] {
    return (['integration', 'app'] as const).flatMap((kind) =>
      this.#present[kind]
        .filter((name) => this.#future[kind].includes(name) && this.before(kind, name) !== this.after(kind, name))
        .map(
          (name) =>
            `${kind} "${this.before(kind, name)}" is called "${this.after(kind, name)}" from now on; ${this.#stays(kind, name)}`,
        ),
    );
  }

  /** What to declare where something goes for being called otherwise, and nobody has said so. */
  howToKeep(kind: Kind, vaultName: string): string {
    const newcomers = this.#future[kind]
      .filter((name) => !this.#present[kind].includes(name))
      .map((name) => this.after(kind, name));
    if (newcomers.includes(this.before(kind, vaultName))) {
      return `; with renamedFrom: "${vaultName}", without which it is declared now, ${this.#stays(kind, vaultName)}`;
    }
    return newcomers.length === 0
      ? ''
      : `; if it is ${newcomers.map((name) => `"${name}"`).join(' or ')} from now on, declare renamedFrom: "${vaultName}" there, and ${this.#stays(kind, vaultName)}`;
  }

  #stays(kind: Kind, vaultName: string): string {
    return kind === 'app' && this.#withIdentity.includes(vaultName) ? 'its role stays' : STAYS[kind];
  }
}

/** By the addresses, which follow the names in Vault. */
function namesIn(changes: readonly ResourceChange[]): Record<Kind, string[]> {
  const named = (pattern: RegExp): string[] => changes.flatMap(({ name }) => pattern.exec(name)?.[1] ?? []);
  return {
    integration: named(/^integration-(.+)_entry_[0-9A-F]{8}(?:_at_.+)?$/),
    app: named(/^app-(.+)_role_[0-9A-F]{8}$/),
  };
}
