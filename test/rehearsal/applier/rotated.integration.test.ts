import { randomBytes } from 'node:crypto';
import { rotateSecret } from '../../../lib/grants/rotation/rotation';
import { Rehearsal } from '../../../rehearsal/rehearsal';
import { findOauthappPlugin } from '../../../rehearsal/server/oauthapp-plugin';
import { findServer } from '../../../rehearsal/server/server-binary';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { synthesize } from '../../fixtures/worlds/synthesizer';

let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.start({
    declared: exampleDeployment(),
    binary: await findServer(),
    pluginPath: await findOauthappPlugin(),
    synthesizer: synthesize,
  });
});
afterAll(() => rehearsal.stop());

test('the applier finds no change after a rotation of the client secret', async () => {
  expect((await rehearsal.apply({ by: 'applier' })).changed).not.toEqual([]);
  const [client] = rehearsal.webex.clients;
  const [newSecret, oldSecret] = [randomBytes(32).toString('hex'), client?.clientSecret ?? ''];
  Object.assign(client ?? {}, { clientSecret: newSecret, formerSecret: oldSecret });
  const [provisioner, authorizer] = [
    rehearsal.admin.withToken(await rehearsal.operatorToken('provisioner')),
    rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer')),
  ];
  const { deployment } = rehearsal;
  const options = { provisioner, authorizer, deployment, integration: 'webex-myapp', report: () => undefined };
  expect(await rotateSecret({ ...options, newSecret, oldSecret })).toEqual({ refreshed: undefined, old: 'dropped' });
  expect((await rehearsal.apply({ by: 'applier' })).changed).toEqual([]);
});
