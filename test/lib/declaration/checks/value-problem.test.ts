import { checkedDeployment } from '../../../../lib/declaration/checked-deployment';

const RIGHT = {
  vault: { address: 'https://vault.example.com' },
  integrations: [{ name: 'webex-myapp' }],
  credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  apps: [],
};

it.each([
  [{ credentials: undefined }, 'credentials is missing; give a list'],
  [{ credentials: 'testauth' }, 'credentials must be a list, got "testauth"; correct it there'],
  [{ vault: [{ address: 'https://vault.example.com' }] }, 'vault must be an object, got a list; correct it there'],
  [{ engine: { preventDestroy: 'no' } }, 'engine.preventDestroy must be true or false, got "no"; correct it there'],
  [{ webex: { cloud: 'fedrump' } }, 'webex.cloud must be one of "commercial", "fedramp", got "fedrump"'],
])('a field of another type is refused in the words of a declaration: %j', (wrong, problem) => {
  expect(() => checkedDeployment({ ...RIGHT, ...wrong })).toThrow(problem);
});
