import { chooseCredential } from '../../../lib/declaration/credential-choice';
import { exampleDeployment } from '../../fixtures/declaration';

const deployment = exampleDeployment({
  credentials: [
    { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    { name: 'reports', integration: 'webex-myapp', scopes: ['analytics:read_all', 'spark:people_read'] },
  ],
});

describe('chooseCredential', () => {
  it('takes the only one that has the scopes', () => {
    expect(chooseCredential(deployment, ['analytics:read_all']).name).toBe('reports');
  });

  it('takes the one that is named', () => {
    expect(chooseCredential(deployment, ['spark:people_read'], 'testauth').name).toBe('testauth');
  });

  it.each([
    [['spark:people_read'], undefined, /"testauth", "reports" all have the scopes.*--credential/],
    [['spark:rooms_read'], undefined, /no credential with scope "spark:rooms_read"; add one/],
    [['analytics:read_all'], 'testauth', /"testauth" lacks scope "analytics:read_all".*--replace/],
    [['analytics:read_all'], 'nope', /unknown credential "nope"/],
  ])('says what to do about scopes %p and name %p', (scopes, name, message) => {
    expect(() => chooseCredential(deployment, scopes, name)).toThrow(message);
  });
});
