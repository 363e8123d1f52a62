import { dirname } from 'node:path';
import {
  NotDeployed,
  vaultOptionsFromEnvironment,
  type ExplainedError,
  type VaultConnectionOptions,
  type VaultResponseError,
} from '#core';
import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import { pluginPlace } from '../../declaration/files/plugin-place';
import { readGraceSignal } from '../../vault/grace-signal';
import { refuseOtherAddress, requireProduct } from '../../vault/ready-server';
import { VaultClient } from '../../vault/vault-client';
import { lookInside } from '../looks/look';
import { type ObserverLogin, observerStep, tokenName } from '../looks/observer-login';
import { lookAtServer } from '../looks/server-look';
import { checkVaultClock } from './clock-check';
import { checkEnvironment, environmentAdvice } from './environment';
import { advice, Examination, ExaminationEnded, type Finding } from './examination';
import { requireSound } from './line-checks';
import { checkObserver } from './observer-check';
import { operatorFolderAdvice } from './operator-folder-advice';
import { checkPods } from './pod-check';
import { lookAtPolicies } from './policies-in-vault';
import { examineReport } from './report-examination';
import { checkWebexReachable } from './webex-check';

/*
 * The checks for a person on call, in the order of their dependencies: from the environment of this process to Webex's
 * answer about each token. Inside Vault, the doctor takes the look of `status` and checks its lines.
 */

type LoadedDeclaration = Pick<LoadedDeployment, 'deployment' | 'file'>;

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly load: () => Promise<LoadedDeclaration>;
  readonly logIn: (connection: VaultConnectionOptions) => Promise<ObserverLogin & AsyncDisposable>;
  /** Meaning of a refusal by Vault. */
  readonly explain: (error: VaultResponseError) => ExplainedError;
  readonly operators: readonly string[];
  readonly operatorFolder: string;
  /** Whether Webex is asked. */
  readonly webex: boolean;
  readonly onFinding: (finding: Finding) => void;
  readonly signal: AbortSignal;
  /** @default - the machine's clock */
  readonly now?: () => Date;
}

export type Diagnosis = Pick<Examination, 'findings' | 'advice'>;

/** @throws the signal's reason, and errors of this program */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const examination = new Examination(options.onFinding, options.explain, options.signal);
  try {
    await examine(examination, options);
  } catch (error) {
    if (!(error instanceof ExaminationEnded)) {
      throw error;
    }
  }
  return examination;
}

async function examine(examination: Examination, options: DoctorOptions): Promise<void> {
  const { env, load, logIn, signal, now = () => new Date() } = options;
  examination.advise(...environmentAdvice(env), ...(await operatorFolderAdvice(options.operatorFolder)));
  await examination.check('environment', () => checkEnvironment(env));
  const loaded = await examination.check('deployment', load, ({ file, deployment: { credentials, apps } }) => {
    return `${file}: ${credentials.length} credential(s), ${apps.length} app(s)`;
  });
  const { deployment } = loaded;
  const connection = await examination.check(
    'address',
    () => {
      const found = vaultOptionsFromEnvironment(deployment.vault, env);
      refuseOtherAddress(deployment, found);
      return found;
    },
    ({ address }) => address,
  );
  const { server } = deployment.vault;
  if (server?.mode === 'kubernetes') {
    const pods = await examination.check(
      'pods',
      () => checkPods(server, { env, signal }),
      ({ detail }) => detail,
    );
    examination.advise(...pods.advice);
  }
  const vault = new VaultClient({ ...connection, token: undefined, signal });
  await examination.check('server', async () => requireSound('server', [await lookAtServer(vault, server)]));
  if (server !== undefined) {
    await examination.check(
      'product',
      () => requireProduct(vault, server.product),
      () => `${server.product}, as declared`,
    );
  }
  await examination.check('clock', () => checkVaultClock(vault, deployment.webex.apiUrl, now));
  await using session = await examination.check(
    'login',
    () => logIn(connection),
    (login) => (login.isLoggedIn ? 'as the observer' : `by ${tokenName(login)}, which is checked next`),
  );
  await examineInside(examination, options, loaded, session);
}

async function examineInside(
  examination: Examination,
  { operators, signal, webex: asksWebex, now = () => new Date() }: DoctorOptions,
  { deployment, file }: LoadedDeclaration,
  login: ObserverLogin,
): Promise<void> {
  // A read may refresh a token.
  const observer = login.vault.endedBy(readGraceSignal(signal, deployment.engine));
  const place = [pluginPlace(deployment, dirname(file))]
    .filter((line) => line !== undefined)
    .map((line) => advice(line));
  const { isRoot } = await examination.check(
    'rights',
    () =>
      checkObserver({ ...login, vault: observer }, deployment).catch((error: unknown) => {
        examination.advise(...(error instanceof NotDeployed ? place : []));
        throw error;
      }),
    (found) => (found.isRoot ? 'all, because it is a root token' : "the observer's"),
  );
  if (isRoot) {
    examination.advise(advice(`${tokenName(login)} is a root token, which may do everything`, observerStep(login)));
  }
  // If Webex cannot be reached, the look does not ask it about each token. Its problem is reported after those of
  // Vault.
  const webex = asksWebex
    ? await checkWebexReachable(deployment, now, signal).catch((error: unknown) => error as Error)
    : undefined;
  const report = await examination.check(
    'engine',
    async () => {
      const found = await lookInside(observer, { deployment, operators, verify: typeof webex === 'string' }, now());
      examination.advise(...(['missing', 'plugin not running'].includes(found.engine.state) ? place : []));
      requireSound('engine', [found.engine]);
      return found;
    },
    ({ engine }) => engine.detail,
  );
  const policies = await examination.check(
    'policies',
    () => lookAtPolicies(observer, deployment),
    (found) => `${found.policies.length + found.unreadable.length} read, with ${found.roles.length} role(s)`,
  );
  const program = await observer.programName();
  await examineReport(examination, { deployment, report, policies, program, webex, signal });
}
