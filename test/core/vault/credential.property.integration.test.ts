import fc from 'fast-check';
import { ExplainedError, readCredential } from '#core';
import { appPolicy } from '../../../lib/declaration/policies/app-policy';
import { authorizerPolicy } from '../../../lib/declaration/policies/authorizer-policy';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { observerPolicy } from '../../../lib/declaration/policies/observer-policy';
import { provisionerPolicy } from '../../../lib/declaration/policies/provisioner-policy';
import { deploymentInput } from '../../fixtures/arbitrary/deployment-input';
import { wholeText } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';
import { refreshTokenAt } from '../../fixtures/worlds/refresh-token-at';
import { WrittenVault } from '../../../rehearsal/written-vault';

/* Names and policies on the real server. */

let fixture: WrittenVault;

beforeAll(async () => (fixture = await WrittenVault.start()));

afterAll(() => fixture[Symbol.asyncDispose]());

/** Names that the plugin (3.1.1) accepts: any text without `:/`. */
const name = fc
  .oneof(
    fc.stringMatching(/^(?:[^:]|:[^/]){1,8}$/),
    wholeText,
    fc.tuple(wholeText, wholeText).map((parts) => parts.join('/')),
  )
  .filter((text) => !/^$|\p{Surrogate}/u.test(text));

/** Writes without a client of this project. @returns whether the credential exists now */
async function store(credential: string, refreshToken: string): Promise<boolean> {
  const { address, rootToken } = fixture.server;
  const path = credential.split('/').map(encodeURIComponent).join('/');
  const reply = await fetch(`${address}/v1/oauthapp/creds/${path}`, {
    method: 'PUT',
    redirect: 'manual',
    headers: { 'x-vault-token': rootToken },
    body: JSON.stringify({ server: 'webex-myapp', grant_type: 'refresh_token', refresh_token: refreshToken }),
  });
  return reply.ok;
}

property(
  'a credential of any name is read as itself, or not at all',
  fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  async (names) => {
    const { grants } = fixture.webex;
    const numbers = new Map<string, number>();
    for (const each of names) {
      const refreshToken = refreshTokenAt(fixture.webex, ['spark:people_read'], 'ada.admin@example.com');
      if (await store(each, refreshToken)) {
        numbers.set(each, grants.grantOf(refreshToken)?.number ?? -1);
      }
    }
    for (const [each, number] of numbers) {
      const reading = await readCredential(fixture.admin.connection, 'oauthapp', each).catch((error: unknown) => error);
      if (reading instanceof Error) {
        expect(reading).toBeInstanceOf(ExplainedError);
      } else {
        const { accessToken } = reading as { readonly accessToken: string };
        expect(grants.grantOf(accessToken)?.number).toBe(number);
      }
    }
  },
  { costs: 100 },
);

const taken = deploymentInput
  .map((input): Deployment | undefined => {
    try {
      return defineDeployment(input as unknown as DeploymentInput);
    } catch {
      return undefined;
    }
  })
  .filter((deployment) => deployment !== undefined);

property(
  'Vault accepts the policies of any deployment',
  taken,
  async (deployment) => {
    const { mountPath } = deployment.engine;
    const policies = [
      authorizerPolicy(deployment),
      observerPolicy(deployment),
      provisionerPolicy(deployment),
      ...deployment.apps.map(({ reads }) => appPolicy(mountPath, reads)),
    ];
    for (const policy of policies) {
      await fixture.admin.write('sys/policies/acl/any', { policy });
    }
  },
  { costs: 50 },
);
