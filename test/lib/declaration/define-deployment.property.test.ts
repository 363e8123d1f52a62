import fc from 'fast-check';
import { InvalidDeployment } from '../../../lib/declaration/checks/invalid-deployment';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import type { Deployment, DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { healingPathOf } from '../../../lib/declaration/schema/engine-declaration';
import { identityMethods } from '../../../lib/declaration/derived/logins';
import { OPERATORS_MOUNT } from '../../../lib/declaration/schema/app-declaration';
import { broken } from '../../fixtures/arbitrary/broken';
import { deploymentInput } from '../../fixtures/arbitrary/deployment-input';
import { anyValue } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';

/** @returns the deployment, or the explained error @throws every other error, which is a bug of ours */
function parse(input: unknown): Deployment | InvalidDeployment {
  try {
    return defineDeployment(input as DeploymentInput);
  } catch (error) {
    if (error instanceof InvalidDeployment) {
      return error;
    }
    throw error;
  }
}

function expectOneLine({ message }: Error): void {
  // eslint-disable-next-line no-control-regex -- the control characters are the point
  expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(message).toMatch(/^deployment\.ts: \S/);
}

property('what is no deployment at all is answered in one line', anyValue, (input) => {
  const parsed = parse(input);
  expect(parsed).toBeInstanceOf(InvalidDeployment);
  expectOneLine(parsed as InvalidDeployment);
});

property(
  'what is wrong in a deployment is said in one line that names the place',
  broken(deploymentInput),
  ({ before, after, at: [field = ''] }) => {
    const parsed = parse(after);
    if (!(parsed instanceof InvalidDeployment)) {
      expect(parse(parsed)).toEqual(parsed);
      return;
    }
    expectOneLine(parsed);
    if (!(parse(before) instanceof InvalidDeployment)) {
      // The message names one of several entries, such as integration "webex-myapp".
      expect(parsed.message).toContain(field.replace(/s$/, ''));
    }
  },
);

property('what is a deployment is the same one where it is defined again', deploymentInput, (input) => {
  const parsed = parse(input);
  if (!(parsed instanceof InvalidDeployment)) {
    expect(parse(parsed)).toEqual(parsed);
  } else {
    expectOneLine(parsed);
  }
});

/** Whether one mount path contains the other. Vault cannot have both. */
function overlap(one: string, other: string): boolean {
  return one === other || `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((one, index) => all.slice(index + 1).map((other): [T, T] => [one, other]));
}

property('no two things of a deployment are mounted at, or below, one path', deploymentInput, (input) => {
  const parsed = parse(input);
  if (parsed instanceof InvalidDeployment) {
    return;
  }
  const { mountPath, recordsPath, movedFrom } = parsed.engine;
  const engines = [
    'sys',
    'auth',
    mountPath,
    recordsPath,
    healingPathOf(mountPath),
    ...(movedFrom === undefined ? [] : [movedFrom]),
  ];
  const oidc = parsed.operators?.oidc;
  const methods = new Set([
    ...identityMethods(parsed).map((login) => login.path),
    parsed.appRole.path,
    OPERATORS_MOUNT,
    'token',
    ...(oidc === undefined ? [] : [oidc.path]),
  ]);
  expect(pairs(engines).filter(([one, other]) => overlap(one, other))).toEqual([]);
  expect(pairs([...methods]).filter(([one, other]) => overlap(one, other))).toEqual([]);
});

property(
  'no two credentials share a name, each app reads declared ones, and no name means two things',
  deploymentInput,
  (input) => {
    const parsed = parse(input);
    if (parsed instanceof InvalidDeployment) {
      return;
    }
    const names = parsed.credentials.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(parsed.apps.flatMap(({ reads }) => reads).filter((each) => !names.includes(each))).toEqual([]);
    const families = parsed.credentials.flatMap(({ organization }) => organization?.family ?? []);
    expect(families.filter((each) => names.includes(each))).toEqual([]);
  },
);

test('the generated inputs contain enough valid deployments', () => {
  const inputs = fc.sample(deploymentInput, { numRuns: 200, seed: 14 });
  const valid = inputs.map(parse).flatMap((each) => (each instanceof InvalidDeployment ? [] : [each]));
  expect(valid.length).toBeGreaterThan(30);
  expect(valid.filter(({ credentials }) => credentials.some((each) => each.organization)).length).toBeGreaterThan(10);
});
