import { engineConfigReply } from '../../lib/vault/replies';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../../lib/declaration/schema/deployment';
import { OIDC_SECRET_VARIABLE } from '../../lib/declaration/schema/operators-declaration';
import { APPLICATIONS_SCOPE } from '../../lib/declaration/schema/credential-declaration';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { SigningKey } from '../../rehearsal/identity/json-web-token';
import { API_AUDIENCE, KubernetesCluster } from '../../rehearsal/identity/kubernetes-cluster';
import { operatorToken } from '../../rehearsal/operator-token';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { DeployedVault } from '../fixtures/worlds/deployed-vault';
import type { Loss } from '../fixtures/loopback/lossy-proxy';
import { describeUnless } from '../fixtures/runs/left-out';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * Each write of a deploy is interrupted once: Vault performs the write, and Terraform does not learn of it. The real
 * Terraform then continues from the state of Vault.
 */

const AUDIENCE = 'webex-token-vault';

/** Every path that Terraform and its commands write, with the stack's object there. */
const WRITTEN: Readonly<Record<string, string>> = {
  'sys/plugins/catalog/secret/oauthapp': 'plugin',
  'sys/mounts/oauthapp': 'mount of the engine',
  'oauthapp/config': 'configuration of the engine',
  'oauthapp/servers/webex-myapp': 'integration, without and with its secret',
  'oauthapp/servers/webex-healed': 'integration of a Service App, without and with its secret',
  'sys/mounts/oauthapp-healing': 'mount of the healing secrets',
  'oauthapp-healing/webex-healed': 'client secret that heals',
  'sys/mounts/oauthapp-records': 'mount of the records',
  'sys/policies/acl/oauthapp-authorizer': 'policy of an operator',
  'sys/policies/acl/oauthapp-observer': 'policy of an operator',
  'sys/policies/acl/oauthapp-healer': 'policy of an operator',
  'sys/policies/acl/oauthapp-app-people-me': 'policy of an app',
  'sys/policies/acl/oauthapp-app-machine': 'policy of an app',
  'sys/policies/acl/oauthapp-app-pod': 'policy of an app',
  'sys/policies/acl/oauthapp-app-workload': 'policy of an app',
  'sys/auth/approle': 'auth method approle',
  'sys/mounts/auth/approle/tune': 'leases of AppRole',
  'auth/approle/role/people-me': 'role of AppRole',
  'sys/auth/jwt': 'auth method jwt',
  'auth/jwt/config': 'configuration of jwt',
  'auth/jwt/role/machine': 'role of jwt',
  'sys/auth/kubernetes': 'auth method kubernetes',
  'auth/kubernetes/config': 'configuration of kubernetes',
  'auth/kubernetes/role/pod': 'role of kubernetes',
  'sys/auth/cert': 'auth method cert',
  'auth/cert/certs/workload': 'role of cert',
  'sys/auth/oidc': 'auth method of people',
  'auth/oidc/config': 'configuration of people, without and with its secret',
  'auth/oidc/role/authorizer': 'role of people',
};

/**
 * Writes without a later read. The provider does not read leases back, and reads the method before its configuration.
 * Our command writes the client secret, which no policy of a deploy can read.
 */
const NEVER_READ = ['sys/mounts/auth/approle/tune', 'auth/jwt/config', 'oauthapp-healing/webex-healed'];

/** Paths that are written twice: without the secret, and with it. */
const SECOND = ['oauthapp/servers/webex-myapp#2', 'oauthapp/servers/webex-healed#2', 'auth/oidc/config#2'];

/** Requests of our own commands around Terraform. */
const ASIDE = /^(?:sys\/capabilities-self|sys\/plugins\/reload|auth\/token\/|auth\/operators\/)/;

const WAYS = ['the answer to the write is lost', 'the read after the write fails'] as const;

/** Fails the second half of each write once. One deploy fails on as many writes as it reaches. */
class Halves {
  readonly failed = new Set<string>();
  #now = new Set<string>();
  #written = new Map<string, number>();

  /** @param losesAnswers true: the answer to the write is lost; false: the read after the write fails */
  constructor(private readonly losesAnswers: boolean) {}

  begin(): void {
    this.#now.forEach((key) => this.failed.add(key));
    this.#now = new Set();
    this.#written = new Map();
  }

  lose(asked: string): Loss {
    const [method = '', url = ''] = asked.split(' ');
    const path = url.replace(/\?.*$/, '');
    // The provider reads auth methods and mounts at the same path.
    const written = path.replace(/^sys\/mounts\/auth\/([^/]+)$/, 'sys/auth/$1');
    const isWrite = ['PUT', 'POST'].includes(method);
    if (ASIDE.test(path)) {
      return undefined;
    }
    if (isWrite) {
      this.#written.set(written, (this.#written.get(written) ?? 0) + 1);
    }
    const count = this.#written.get(written);
    const isHalf = this.losesAnswers ? isWrite : method === 'GET' && count !== undefined;
    if (!isHalf) {
      return undefined;
    }
    const isFailing = [...this.#now].some((key) => key.startsWith(`${written}#`));
    const key = `${written}#${count ?? 0}`;
    if (!isFailing) {
      if (this.failed.has(key)) {
        return undefined;
      }
      // All retries of the provider count as one failure.
      this.#now.add(key);
    }
    return isWrite ? 'answer' : 'request';
  }
}

describeUnless(terraformUnavailable())('a deploy that is half done', () => {
  describe.each(WAYS)('if %s', (way) => {
    const isWriteLost = way === 'the answer to the write is lost';
    const halves = new Halves(isWriteLost);
    let issuer: OidcProvider;
    let cluster: KubernetesCluster;
    let deployed: DeployedVault;
    let secrets: Record<string, string>;

    beforeAll(async () => {
      [issuer, cluster] = await Promise.all([OidcProvider.start(), KubernetesCluster.start()]);
      const { certificatePem: ca } = await CertificateAuthority.create();
      const publicKeys = [new SigningKey().publicKeyPem];
      const reads = ['testauth'];
      const jwt = { issuer: 'https://keys.example', publicKeys, audience: AUDIENCE, claims: { sub: 'machine' } };
      const kubernetes = {
        cluster: { address: cluster.address, caPem: cluster.ca },
        serviceAccounts: ['a'],
        namespaces: ['webex'],
        audience: API_AUDIENCE,
      };
      const declared: Partial<DeploymentInput> = {
        integrations: [
          { name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' },
          { name: 'webex-healed', clientId: 'C0fe' },
        ],
        credentials: [
          { name: 'testauth', integration: 'webex-myapp', scopes: [APPLICATIONS_SCOPE] },
          {
            name: 'healed',
            integration: 'webex-healed',
            scopes: ['spark:people_read'],
            serviceApp: {
              id: 'application',
              organizationId: 'organization',
              requestedBy: 'testauth',
              autoRecover: true,
            },
          },
        ],
        apps: [
          { name: 'people-me', reads },
          { name: 'machine', reads, identity: { jwt } },
          { name: 'pod', reads, identity: { kubernetes } },
          { name: 'workload', reads, identity: { cert: { caPem: ca, uris: ['spiffe://a/a'] } } },
        ],
        operators: {
          oidc: {
            issuer: issuer.issuer,
            issuerCaPem: issuer.ca,
            clientId: issuer.clientId,
            groups: { authorizer: ['webex-admins'] },
            redirectUrls: ['http://localhost:8250/oidc/callback'],
          },
        },
      };
      const all: Deployment = exampleDeployment(declared);
      deployed = await DeployedVault.start(all, (asked) => halves.lose(asked));
      deployed.deployment = { ...deployed.deployment, apps: all.apps, operators: all.operators };
      deployed.token = await operatorToken(deployed.rehearsal.admin, deployed.deployment, 'provisioner');
      secrets = { ...deployed.secrets, [`TF_VAR_${OIDC_SECRET_VARIABLE}`]: issuer.clientSecret };
    });

    afterAll(async () => {
      await deployed[Symbol.asyncDispose]();
      await Promise.all([issuer[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()]);
    });

    test('each further deploy continues until every resource exists', async () => {
      const said: string[] = [];
      for (let exitCode = 1; exitCode !== 0;) {
        halves.begin();
        const ended = await deployed.run('deploy', [], secrets);
        ({ exitCode } = ended);
        said.push(ended.stdout + ended.stderr);
        if (ended.stderr.includes('Declare engine.import: true')) {
          deployed.deployment = defineDeployment({
            ...deployed.deployment,
            engine: { ...deployed.deployment.engine, import: true },
          });
        }
        expect(said.length).toBeLessThan(12);
      }
      expect(said.join('\n')).not.toContain('path is already in use');
      const failed = new Set([...halves.failed].map((key) => key.replace(/#\d+$/, '')));
      if (isWriteLost) {
        // The second write comes from the command that writes the secret.
        expect([...halves.failed]).toEqual(expect.arrayContaining(SECOND));
      }
      const expected = Object.keys(WRITTEN).filter((path) => isWriteLost || !NEVER_READ.includes(path));
      expect([...failed].sort()).toEqual(expected.sort());
      expect((await deployed.run('diff', [], secrets)).stdout).toContain('No changes.');
    });

    test('the engine keeps its grants and a pod logs in after the last deploy', async () => {
      const { admin } = deployed.rehearsal;
      const { data } = await admin.read('oauthapp/config', engineConfigReply);
      expect(data.tune_reap_check_interval_seconds).toBe(0);
      cluster.delegators.add('webex/a');
      const jwt = cluster.token({ namespace: 'webex', serviceAccount: 'a' });
      await admin.withToken('').write('auth/kubernetes/login', { role: 'pod', jwt });
    });
  });
});
