import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as client from '../../client/src/index';
import { CONFORMANCE_FOLDER, conformanceCases } from '../fixtures/conformance/conformance-case';
import { ConformanceRun, expectFailure, START } from '../fixtures/conformance/conformance-run';
import { useVirtualTime } from '../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The cases of client/conformance, which the tests of the package for Python run as well. */

useVirtualTime();

const CASES = conformanceCases();

/** Errors that a source never throws. It explains the first one, and the others belong to requests to Webex. */
const NOT_OF_A_SOURCE = ['VaultResponseError', 'WebexResponseError', 'WebexUnreachableError'];

beforeEach(() => {
  jest.clearAllTimers();
  jest.setSystemTime(START);
});

it.each(CASES.map((each) => [each.theme, each.case.title, each.case] as const))('%s: %s', async (_, _title, each) => {
  using run = new ConformanceRun(each, temporaryFolder());
  await run.prepare();
  if (each.refused !== undefined) {
    let refusal: unknown;
    try {
      run.source();
    } catch (error) {
      refusal = error;
    }
    expectFailure(refusal, each.refused);
    return;
  }
  const tokens = run.source();
  for (const step of each.steps) {
    await run.take(tokens, step);
  }
  await run.expectRequests(each.requests);
});

it('the cases have every error that a source throws', () => {
  const errors = Object.values(client)
    .filter((value) => typeof value === 'function' && value.prototype instanceof Error)
    .map(({ name }) => name);
  const occurring = new Set(
    CASES.flatMap(({ case: { refused, steps = [] } }) => [...steps, refused]).map((each) =>
      each !== undefined && 'error' in each ? each.error : undefined,
    ),
  );
  expect(errors.length).toBeGreaterThan(10);
  expect(CASES.length).toBeGreaterThanOrEqual(40);
  expect(errors.filter((name) => !occurring.has(name)).sort()).toEqual(NOT_OF_A_SOURCE);
});

it('the cases have every identity, and every form of it in the environment', () => {
  const text = readFileSync(join(CONFORMANCE_FOLDER, 'identities.json'), 'utf8');
  const variables = [
    'VAULT_SECRET_ID',
    'VAULT_SECRET_ID_FILE',
    'VAULT_WRAPPED_SECRET_ID',
    'VAULT_RENEW_SECRET_ID',
    'VAULT_JWT_FILE',
    'BAO_JWT',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    'VAULT_CLIENT_CERT',
  ];
  expect(variables.filter((name) => !text.includes(`"${name}"`))).toEqual([]);
  expect(text).toContain('"VAULT_AUTH_METHOD": "kubernetes"');
});
