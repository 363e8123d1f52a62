import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { CertificateAuthority, type IssuedCertificate } from '../../lib/server/certificates/certificate-authority';
import { SigningKey } from './json-web-token';

/** Audience of a pod's default token. */
export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

export interface ServiceAccountToken {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** @default [API_AUDIENCE] */
  readonly audiences?: readonly string[];
  /** @default 3600 */
  readonly lifetimeSeconds?: number;
  /** Key of another cluster. @default - this cluster's */
  readonly signedBy?: SigningKey;
}

interface Status {
  readonly code: number;
  readonly body: object;
}

const review = z.object({
  // The URL already names both.
  apiVersion: z.literal('authentication.k8s.io/v1').default('authentication.k8s.io/v1'),
  kind: z.literal('TokenReview').default('TokenReview'),
  spec: z.object({ token: z.string(), audiences: z.array(z.string()).default([API_AUDIENCE]) }),
});

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
  };
}

/**
 * The token review of a Kubernetes API server. It accepts only its own tokens, while they and their pods exist, for one of
 * their audiences, and only from delegators.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
export class KubernetesCluster implements AsyncDisposable {
  readonly audience = API_AUDIENCE;
  readonly #server: Server;
  readonly #key = new SigningKey();
  readonly #given = new Map<string, Claims>();
  readonly #uids = new Map<string, string>();
  /** Accounts with cluster role `system:auth-delegator`, as `namespace/name`. Others cannot review any token. */
  readonly delegators = new Set<string>();
  /** Status code of each review. */
  readonly reviews: number[] = [];

  private constructor(
    /** PEM of its CA. */
    readonly ca: string,
    { certificatePem, privateKeyPem }: IssuedCertificate,
  ) {
    this.#server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      void this.#answer(request).then(({ code, body }) => {
        this.reviews.push(code);
        response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(): Promise<KubernetesCluster> {
    const authority = await CertificateAuthority.create({ commonName: 'kubernetes' });
    const names = { dnsNames: ['kubernetes.default.svc'], ipAddresses: ['127.0.0.1'] };
    const certificate = await authority.issue({ commonName: 'kube-apiserver', ...names });
    const cluster = new KubernetesCluster(authority.certificatePem, certificate);
    cluster.#server.listen(0, '127.0.0.1');
    await once(cluster.#server, 'listening');
    return cluster;
  }

  get address(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A token for a pod. */
  token(asked: ServiceAccountToken): string {
    const { namespace, serviceAccount, audiences = [API_AUDIENCE], lifetimeSeconds = 3600 } = asked;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: API_AUDIENCE,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
      aud: [...audiences],
      iat: now,
      nbf: now,
      exp: now + lifetimeSeconds,
      'kubernetes.io': {
        namespace,
        pod: { name: `${serviceAccount}-0`, uid: randomUUID() },
        serviceaccount: { name: serviceAccount, uid: this.#uidOf(`${namespace}/${serviceAccount}`) },
      },
    };
    const token = (asked.signedBy ?? this.#key).sign(claims);
    if (asked.signedBy === undefined) {
      this.#given.set(token, claims);
    }
    return token;
  }

  /** Deletes the token's pod, which invalidates the token. */
  deletePodOf(token: string): void {
    this.#given.delete(token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #uidOf(serviceAccount: string): string {
    const uid = this.#uids.get(serviceAccount) ?? randomUUID();
    this.#uids.set(serviceAccount, uid);
    return uid;
  }

  async #answer(request: IncomingMessage): Promise<Status> {
    const body = await text(request);
    const [, bearer = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const asker = this.#holderOf(bearer, [API_AUDIENCE]);
    if (typeof asker === 'string') {
      return failure(401, 'Unauthorized', 'Unauthorized');
    }
    if (request.method !== 'POST' || request.url !== '/apis/authentication.k8s.io/v1/tokenreviews') {
      return failure(404, 'NotFound', 'the server could not find the requested resource');
    }
    const { namespace, serviceaccount } = asker['kubernetes.io'];
    if (!this.delegators.has(`${namespace}/${serviceaccount.name}`)) {
      const user = `system:serviceaccount:${namespace}:${serviceaccount.name}`;
      const what = 'cannot create resource "tokenreviews" in API group "authentication.k8s.io" at the cluster scope';
      return failure(403, 'Forbidden', `tokenreviews.authentication.k8s.io is forbidden: User "${user}" ${what}`);
    }
    const asked = review.safeParse(JSON.parse(body));
    return asked.success
      ? { code: 201, body: { ...asked.data, status: this.#review(asked.data.spec) } }
      : failure(400, 'BadRequest', 'the object provided is unrecognized');
  }

  #review({ token, audiences }: z.output<typeof review>['spec']): object {
    const holder = this.#holderOf(token, audiences);
    if (typeof holder === 'string') {
      return { user: {}, error: holder };
    }
    const { namespace, serviceaccount } = holder['kubernetes.io'];
    return {
      authenticated: true,
      user: {
        username: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
        uid: serviceaccount.uid,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      },
      audiences: holder.aud.filter((audience) => audiences.includes(audience)),
    };
  }

  /** @returns the claims, or the reason for a refusal */
  #holderOf(token: string, audiences: readonly string[]): Claims | string {
    const claims = this.#given.get(token);
    if (claims === undefined || claims.exp * 1000 < Date.now()) {
      return '[invalid bearer token, service account token has expired or its pod is gone]';
    }
    return claims.aud.some((audience) => audiences.includes(audience))
      ? claims
      : `[invalid bearer token, token audiences ${JSON.stringify(claims.aud)} is invalid for the target audiences ${JSON.stringify(audiences)}]`;
  }
}

function failure(code: number, reason: string, message: string): Status {
  return { code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code } };
}
