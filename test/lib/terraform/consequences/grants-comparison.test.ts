import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { grantsOf, type DeclaredGrants } from '../../../../lib/declaration/declared/declared-grants';
import { noticed, NOTHING, type Consequences } from '../../../../lib/terraform/consequences/consequence';
import { compareGrants } from '../../../../lib/terraform/consequences/grants-comparison';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function declared(changes: Partial<DeploymentInput> = {}): DeclaredGrants {
  return grantsOf(exampleDeployment(changes));
}

function compared(after: Partial<DeploymentInput>, before: Partial<DeploymentInput> = {}): Consequences {
  return compareGrants(declared(before), declared(after));
}

const integration = (name: string, more: object = {}) => ({
  name,
  clientId: 'C0ffee',
  redirectUrl: 'http://localhost:5000/auth',
  ...more,
});
const credential = (name: string, of = 'webex-myapp') => ({ name, integration: of, scopes: ['spark:people_read'] });
const app = (name: string, more: object = {}) => ({ name, reads: ['testauth'], ...more });
const jwt = (path = 'jwt') => ({
  identity: { jwt: { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'job' }, path } },
});
const credentialLoss = (name: string, why: string) => ({ kind: 'credential', name, why });

it('the comparison reports nothing for an unchanged or reordered declaration', () => {
  const apps = [app('a'), app('b')];
  expect(compared({ apps }, { apps: apps.toReversed() })).toEqual(NOTHING);
});

describe('an integration', () => {
  const OTHER_CLIENT = 'integration "webex-myapp" gets another client id, and Webex refreshes for the old one only';

  it('an integration with another client id loses each of its credentials', () => {
    const credentials = [credential('testauth'), credential('two'), credential('three', 'other')];
    const [mine, other] = [integration('webex-myapp'), integration('other')];
    const { losses } = compared(
      { credentials, integrations: [{ ...mine, clientId: 'another' }, other] },
      { credentials, integrations: [mine, other] },
    );
    expect(losses).toEqual([credentialLoss('testauth', OTHER_CLIENT), credentialLoss('two', OTHER_CLIENT)]);
  });

  it('all integrations lose their credentials at another Webex', () => {
    const { losses } = compared({ webex: { apiUrl: 'https://webex.example/v1' } });
    expect(losses).toEqual([
      credentialLoss('testauth', 'integration "webex-myapp" refreshes at another Webex, which did not issue it'),
    ]);
  });

  it('an integration whose client id Terraform looks up loses nothing, because the plan reports it', () => {
    const integrations = [integration('webex-myapp', { clientId: '${TfToken[TOKEN.0]}' })];
    expect(compared({ integrations }).losses).toEqual([]);
  });

  it('a removed integration loses its credentials', () => {
    const found = compared({ integrations: [integration('other')], credentials: [credential('testauth', 'other')] });
    expect(found.losses).toEqual([
      credentialLoss('testauth', 'without integration "webex-myapp" it cannot be refreshed'),
    ]);
    expect(found.notices).toContain(
      'integration "webex-myapp" is removed; if it was renamed to "other", declare vaultName: "webex-myapp" there, and its grants stay',
    );
  });

  it('a removed integration without declared credentials is named itself, because it may still have a grant', () => {
    const both = { integrations: [integration('webex-myapp'), integration('other')] };
    const { losses, notices } = compared({}, both);
    expect(losses).toEqual([
      {
        kind: 'integration',
        name: 'other',
        why: 'without integration "other" it cannot be refreshed, if a credential that is no longer declared for it has one',
      },
    ]);
    expect(notices).toEqual(['integration "other" is removed']);
  });

  it('a removed integration without declared credentials is named as it was declared', () => {
    const other = integration('other', { vaultName: 'first' });
    expect(compared({}, { integrations: [integration('webex-myapp'), other] }).losses).toMatchObject([
      { kind: 'integration', name: 'other' },
    ]);
  });

  it('a renamed integration with a vaultName keeps its grants', () => {
    const found = compared({
      integrations: [integration('reports', { vaultName: 'webex-myapp' })],
      credentials: [credential('testauth', 'reports')],
    });
    expect(found).toEqual(noticed('integration "webex-myapp" is renamed to "reports"; its grants stay'));
  });

  it('an integration that returns to its first name keeps its grants', () => {
    const renamed = {
      integrations: [integration('reports', { vaultName: 'webex-myapp' })],
      credentials: [credential('testauth', 'reports')],
    };
    expect(compared({}, renamed)).toEqual(
      noticed('integration "reports" is renamed to "webex-myapp"; its grants stay'),
    );
  });

  it('an integration that keeps its name but drops its vaultName loses its grants', () => {
    const credentials = [credential('testauth', 'reports')];
    const found = compared(
      { credentials, integrations: [integration('reports')] },
      { credentials, integrations: [integration('reports', { vaultName: 'webex-myapp' })] },
    );
    expect(found).toEqual({
      notices: ['integration "reports" is removed; declare its vaultName: "webex-myapp" again, and its grants stay'],
      losses: [credentialLoss('testauth', 'without integration "reports" it cannot be refreshed')],
    });
  });

  it('the notice names each new integration that the removed one may have become', () => {
    const { notices } = compared({
      integrations: [integration('one'), integration('two')],
      credentials: [credential('testauth', 'one')],
    });
    expect(notices).toContain(
      'integration "webex-myapp" is removed; if it was renamed to "one" or "two", declare vaultName: "webex-myapp" there, and its grants stay',
    );
  });
});

describe('a credential', () => {
  it("the notice says that a credential's grant stays with its former integration", () => {
    const integrations = [integration('webex-myapp'), integration('other', { vaultName: 'first' })];
    const found = compared({ integrations, credentials: [credential('testauth', 'other')] }, { integrations });
    expect(found).toEqual(
      noticed(
        'credential "testauth" belongs to integration "other" from now on; its present grant stays with "webex-myapp" until it is authorized again, so keep "webex-myapp" until then',
      ),
    );
  });

  it('the notice says that the grant of a removed credential stays', () => {
    expect(compared({}, { credentials: [credential('testauth'), credential('two')] })).toEqual(
      noticed(
        'credential "two" is no longer declared; its grant stays; to revoke it, declare the credential again, deploy, and type: npx --no-install webex-token-vault revoke two',
      ),
    );
  });

  it('the notice omits that the grant stays if the integration is removed too', () => {
    const found = compared(
      {},
      {
        integrations: [integration('webex-myapp'), integration('other')],
        credentials: [credential('testauth'), credential('two', 'other')],
      },
    );
    expect(found.notices).toEqual(['integration "other" is removed']);
    expect(found.losses).toMatchObject([{ kind: 'credential', name: 'two' }]);
  });
});

describe('an app', () => {
  const noticesOf = (after: object[], before: object[] = [app('people-me')]): readonly string[] => {
    const credentials = [credential('testauth'), credential('two')];
    const { notices, losses } = compareGrants(
      declared({ credentials, apps: before as never }),
      declared({ credentials, apps: after as never }),
    );
    expect(losses).toEqual([]);
    return notices;
  };

  it('the notice says what an app may read from now on', () => {
    expect(noticesOf([app('people-me', { reads: ['two'] }), app('another')])).toEqual([
      'app "people-me" may now read "two"',
      'app "people-me" may no longer read "testauth"',
      'app "another" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue another',
      'app "another" may now read "testauth"',
    ]);
  });

  it('the notice says that an app with another name is another app', () => {
    expect(noticesOf([app('another')])).toEqual([
      'app "people-me" loses its identity: its role id and secret ids become invalid; if it was renamed to "another", declare vaultName: "people-me" there, and its role id and secret ids stay',
      'app "another" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue another',
      'app "another" may now read "testauth"',
    ]);
  });

  it('a renamed app with a vaultName keeps its identity', () => {
    const renamed = app('reader', { vaultName: 'people-me' });
    expect(noticesOf([renamed])).toEqual(['app "people-me" is renamed to "reader"; its role id and secret ids stay']);
    expect(noticesOf([{ ...renamed, ...jwt() }], [app('people-me', jwt())])).toEqual([
      'app "people-me" is renamed to "reader"; its role stays',
    ]);
    expect(noticesOf([app('reader')], [renamed])).toEqual([
      'app "reader" loses its identity: its role id and secret ids become invalid; declare its vaultName: "people-me" again, and its role id and secret ids stay',
      'app "reader" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue reader',
      'app "reader" may now read "testauth"',
    ]);
  });

  it('the notice says how an app logs in', () => {
    const byJwt =
      'app "job" may log in by jwt, with the identity that it has; see the environment that it needs: npx --no-install webex-token-vault issue job';
    expect(noticesOf([app('job', jwt())], [])).toEqual([byJwt, 'app "job" may now read "testauth"']);
    expect(noticesOf([app('job', jwt())], [app('job')])).toEqual([
      'app "job" logs in by jwt from now on, and no longer by AppRole; its role id and secret ids become invalid',
      byJwt,
    ]);
    expect(noticesOf([app('job')], [app('job', jwt())])).toEqual([
      'app "job" logs in by AppRole from now on, and no longer by jwt',
      'app "job" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue job',
    ]);
    expect(noticesOf([], [app('job', jwt())])).toEqual(['app "job" loses its identity: it can no longer log in']);
  });

  it('the notice names the auth mount at which an app logs in from now on', () => {
    expect(noticesOf([app('job', jwt('teams/jwt'))], [app('job', jwt())])).toEqual([
      'app "job" logs in at "teams/jwt" from now on, and no longer at "jwt"; set VAULT_AUTH_MOUNT=teams/jwt there',
    ]);
    expect(compared({ appRole: { path: 'elsewhere', manage: true } }).notices).toEqual([
      'app "people-me" gets another identity: its role id and secret ids become invalid',
    ]);
  });
});

describe('an organization of a family', () => {
  const family = (...names: string[]): Partial<DeploymentInput> => {
    const organizations = names.map((name) => ({ name }));
    const customers = { name: 'customers', integration: 'webex-myapp', scopes: ['spark:people_read'], organizations };
    return { credentials: [credential('testauth'), customers], apps: [app('report', { reads: ['customers'] })] };
  };

  it('a new organization has no grant yet, and the apps that may read it are named', () => {
    expect(compared(family('acme', 'newco'), family('acme'))).toEqual(
      noticed(
        'credential "customers-newco" is new and has no grant yet; to get one: npx --no-install webex-token-vault authorize customers-newco',
        'app "report" may now read "customers-newco"',
      ),
    );
  });

  it('a removed organization ends no grant, and the command that revokes it is named', () => {
    expect(compared(family('acme'), family('acme', 'globex'))).toEqual(
      noticed(
        'credential "customers-globex" is no longer declared; its grant stays; to revoke it, declare the credential again, deploy, and type: npx --no-install webex-token-vault revoke customers-globex',
        'app "report" may no longer read "customers-globex"',
      ),
    );
  });

  it('many new organizations are counted', () => {
    const names = [...Array(40).keys()].map((index) => `customer-${index}`);
    const { notices } = compared(family('acme', ...names), family('acme'));
    expect(notices).toContain('30 more credentials are new; see all: npx --no-install webex-token-vault list');
    expect(notices).toHaveLength(12);
  });
});
