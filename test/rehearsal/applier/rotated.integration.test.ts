import { randomBytes } from 'node:crypto';
import { rotateSecret } from '../../../lib/grants/rotation/rotation';
import type { Rehearsal } from '../../../rehearsal/rehearsal';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { startRehearsal } from '../../fixtures/worlds/applied-rehearsal';

let rehearsal: Rehearsal;

beforeAll(async () => (rehearsal = await startRehearsal(exampleDeployment())));
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
