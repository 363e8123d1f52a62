import { safeText } from '#core';
import { loginOf } from '../declaration/derived/logins';
import { policyNameOf, type PolicyOperator } from '../declaration/derived/policy-names';
import { OPERATORS_MOUNT } from '../declaration/schema/app-declaration';
import type { Deployment } from '../declaration/schema/deployment';
import type { Caller } from './audit-line';

/*
 * The one who reads a credential: a declared app by its declared login, an operator, or somebody else.
 */

/** Kinds of readers, in the order in which they are shown. `unknown`: a request without a valid Vault token. */
export const READER_KINDS = ['app', 'operator', 'other', 'unknown'] as const;
export type ReaderKind = (typeof READER_KINDS)[number];

export interface Reader {
  readonly kind: ReaderKind;
  /** The app by its declared name, the operator, or the name in the audit log. One line. */
  readonly name: string;
  /** Policies of an `other` reader, which say what its token may do. One line each. @default [] */
  readonly policies: readonly string[];
}

const OPERATORS: readonly PolicyOperator[] = ['observer', 'authorizer', 'healer', 'provisioner', 'issuer'];

/** Largest number of `other` readers that are told apart, so that a log with any number of names fits into the memory. */
const TOLD_APART = 1_000;

const UNKNOWN: Reader = { kind: 'unknown', name: '(no valid token)', policies: [] };
const FURTHER: Reader = { kind: 'other', name: '(further readers)', policies: [] };
const NO_APP: Reader = { kind: 'other', name: '(a proxy without an app)', policies: [] };

interface DeclaredApp {
  readonly reader: Reader;
  /** Its policy, at the engine's path and at its former one. */
  readonly policies: readonly string[];
  /** Name that a login by its auth method has in the audit log, alone or before "-". */
  readonly method: string;
}

/** Readers of a deployment. Each is one object, so it can be a key. */
export class Readers {
  readonly #apps: ReadonlyMap<string, DeclaredApp>;
  readonly #operators: ReadonlyMap<string, PolicyOperator>;
  readonly #known = new Map<string, Reader>();
  #others = 0;

  constructor(deployment: Pick<Deployment, 'appRole' | 'apps' | 'engine'>) {
    const { mountPath, movedFrom } = deployment.engine;
    const mounts = movedFrom === undefined ? [mountPath] : [mountPath, movedFrom];
    this.#apps = new Map(
      deployment.apps.map((app) => [
        app.vaultName,
        {
          reader: { kind: 'app', name: app.name, policies: [] },
          policies: mounts.map((mount) => policyNameOf(mount, `app-${app.vaultName}`)),
          method: loginOf(deployment, app).path.replaceAll('/', '-'),
        },
      ]),
    );
    this.#operators = new Map(
      mounts.flatMap((mount) => OPERATORS.map((operator) => [policyNameOf(mount, operator), operator])),
    );
  }

  /** The app with this name in Vault. */
  app(vaultName: string): Reader | undefined {
    return this.#apps.get(vaultName)?.reader;
  }

  /** The holder of a Vault token. */
  ofCaller({ displayName, role, policies }: Caller): Reader {
    if (displayName === undefined) {
      return UNKNOWN;
    }
    const app = role === undefined ? undefined : this.#apps.get(role.toLowerCase());
    if (app !== undefined && isBy(app.method, displayName) && app.policies.some((each) => policies.includes(each))) {
      return app.reader;
    }
    const [operator] = policies.flatMap((policy) => this.#operators.get(policy) ?? []);
    return operator === undefined
      ? this.#other(displayName, policies)
      : this.#named('operator', displayName === OPERATORS_MOUNT ? operator : `${operator} ${displayName}`, []);
  }

  /** The app of a proxy. @param vaultName null if the proxy has no login of an app */
  ofProxy(vaultName: string | null): Reader {
    return vaultName === null ? NO_APP : (this.app(vaultName.toLowerCase()) ?? this.#other(`app ${vaultName}`, []));
  }

  #other(name: string, policies: readonly string[]): Reader {
    return this.#named('other', name, policies);
  }

  #named(kind: ReaderKind, name: string, policies: readonly string[]): Reader {
    const shown: Reader = { kind, name: safeText(name), policies: policies.map((policy) => safeText(policy)) };
    const key = JSON.stringify(shown);
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    if (kind === 'other' && this.#others++ >= TOLD_APART) {
      return FURTHER;
    }
    this.#known.set(key, shown);
    return shown;
  }
}

/** Whether a login by this auth method has this name, such as "jwt-repo:example/report" by "jwt". */
function isBy(method: string, displayName: string): boolean {
  return displayName === method || displayName.startsWith(`${method}-`);
}
