import { oneLine, parseJson, safeText, ExplainedError } from '#core';
import type { z } from 'zod';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import { run, withoutSecrets, type FinishedCommand } from '../../processes/child-process';
import { contextOf, kubectlEnvironment, unknownToKubectl, whereAsked } from './kubectl-environment';

/** Limit of one request of kubectl; the answers are small. */
const REQUEST_TIMEOUT_SECONDS = 10;
/** Limit of one run, including a helper for credentials. */
const TIMEOUT_MS = 30_000;

/** The cluster cannot be asked, for example without kubectl. */
export class ClusterUnseen extends ExplainedError {
  override name = 'ClusterUnseen';
}

/** kubectl knows no cluster that answers. Terraform would not reach it either. */
export class ClusterUnreachable extends ClusterUnseen {
  override name = 'ClusterUnreachable';
}

export class ClusterRefusal extends ExplainedError {
  override name = 'ClusterRefusal';

  /** @param isMissing whether the object is missing; otherwise this user may not see it */
  constructor(
    message: string,
    readonly isMissing: boolean,
  ) {
    super(message);
  }
}

export interface KubectlOptions {
  /** Ends the current request. @default - none */
  readonly signal?: AbortSignal;
  /** @default - that of this process */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

/**
 * The cluster of a server, by the `kubectl` on PATH. No secret is read. Only the first line of its errors is shown, because
 * helpers for its credentials print there too.
 */
export class Kubectl {
  constructor(
    private readonly server: Pick<KubernetesServerDeclaration, 'context' | 'namespace'>,
    private readonly options: KubectlOptions = {},
  ) {}

  /** The same cluster, with one more signal that ends its requests. */
  endedBy(signal: AbortSignal): Kubectl {
    const signals = [signal, this.options.signal].filter((each) => each !== undefined);
    return new Kubectl(this.server, { ...this.options, signal: AbortSignal.any(signals) });
  }

  /** Output of kubectl. @throws ClusterUnseen, ClusterRefusal; the signal's reason */
  async text(...args: readonly string[]): Promise<string> {
    const finished = await this.#run(args);
    if (finished.exitCode !== 0) {
      throw this.#refusal(finished);
    }
    return finished.stdout;
  }

  /** Objects of several kinds that this user may see. @throws ClusterUnseen, ClusterRefusal for none; the signal's reason */
  async objects<T>(list: z.ZodType<T>, kinds: readonly string[], ...args: readonly string[]): Promise<T> {
    const finished = await this.#run(['get', kinds.join(','), '--output=json', ...args]);
    if (finished.exitCode !== 0 && (finished.stdout === '' || !isForbidden(finished))) {
      throw this.#refusal(finished);
    }
    const json = parseJson(finished.stdout);
    if (json === undefined) {
      throw new ClusterUnseen('kubectl printed no JSON; check the kubectl on PATH');
    }
    const parsed = list.safeParse(json);
    if (!parsed.success) {
      throw new ClusterUnseen(
        `kubectl printed objects in another form than this release knows (${parsed.error.issues[0]?.path.join('.') ?? ''}); update webex-token-vault`,
      );
    }
    return parsed.data;
  }

  async may(verb: string, resource: string): Promise<boolean> {
    const finished = await this.#run(['auth', 'can-i', verb, resource]);
    const said = finished.stdout.trim();
    if (said !== 'yes' && !/^no\b/.test(said)) {
      throw this.#refusal(finished);
    }
    return said === 'yes';
  }

  async #run(args: readonly string[]): Promise<FinishedCommand> {
    const { signal, environment = process.env, timeoutMs = TIMEOUT_MS } = this.options;
    const { namespace } = this.server;
    const context = contextOf(this.server.context, environment);
    signal?.throwIfAborted();
    const chosen = [
      ...(context === undefined ? [] : [`--context=${context}`]),
      `--namespace=${namespace}`,
      `--request-timeout=${REQUEST_TIMEOUT_SECONDS}s`,
    ];
    const startedAt = performance.now();
    const finished = await run('kubectl', [...chosen, ...args], {
      env: withoutSecrets(kubectlEnvironment(environment)),
      timeoutMs,
      signal,
    });
    signal?.throwIfAborted();
    if (finished.exitCode === 126 || finished.exitCode === 127) {
      throw new ClusterUnseen(
        'kubectl is not on PATH or cannot be run; install it, so that the cluster can be checked',
      );
    }
    if (finished.exitCode === 128 && performance.now() - startedAt >= timeoutMs) {
      throw this.#unreached(
        `kubectl did not answer within ${timeoutMs / 1000} s; run "kubectl get namespaces" to see whether it waits for a login`,
      );
    }
    return finished;
  }

  #refusal(finished: FinishedCommand): ClusterUnseen | ClusterRefusal {
    const said = firstLine(finished.stderr);
    const isMissing = /^Error from server \(NotFound\)/.test(said);
    if (isMissing || isForbidden(finished)) {
      return new ClusterRefusal(`kubectl says: ${said}`, isMissing);
    }
    const message = `kubectl says: ${said}`;
    // A server that fails has answered.
    return /^Error from server|the server doesn't have/.test(said)
      ? new ClusterUnseen(message)
      : this.#unreached(
          `${message}; check the cluster in KUBECONFIG, and its context in vault.server.context or KUBE_CTX`,
        );
  }

  #unreached(message: string): ClusterUnseen {
    const { environment = process.env } = this.options;
    const asked = `${message} (${whereAsked(this.server.context, environment)})`;
    const unknown = unknownToKubectl(environment);
    return unknown.length === 0
      ? new ClusterUnreachable(asked)
      : new ClusterUnseen(
          `${asked}; Terraform may still reach the cluster with ${unknown.join(', ')}, which kubectl ignores`,
        );
  }
}

function isForbidden({ stderr }: FinishedCommand): boolean {
  return /^Error from server \(Forbidden\)/m.test(stderr);
}

/** First line without kubectl's log of its attempts. */
function firstLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return short(lines.find((line) => !/^[EWIF]\d{4} /.test(line)) ?? lines[0] ?? 'nothing');
}

/** A long message of a cluster, shortened. */
export function short(text: string, length = 200): string {
  const safe = oneLine(safeText(text));
  return safe.length > length ? `${safe.slice(0, length)}...` : safe;
}
