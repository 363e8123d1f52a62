import fc from 'fast-check';
import {
  appPolicyName,
  authorizerPolicyName,
  healerPolicyName,
  issuerPolicyName,
  observerPolicyName,
  provisionerPolicyName,
} from '../../../lib/declaration/policy-names';
import { name, path } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/property';

const OPERATORS = {
  authorizer: authorizerPolicyName,
  healer: healerPolicyName,
  issuer: issuerPolicyName,
  observer: observerPolicyName,
  provisioner: provisionerPolicyName,
} as const;

/** A mount, who holds a policy of it, and what that is called. */
const held = fc
  .tuple(
    fc.oneof(
      path,
      path.map((mount) => `${mount}-app`),
      fc.stringMatching(/^[A-Za-z0-9_-]{1,6}(\/[A-Za-z0-9_-]{1,4})?$/),
    ),
    fc.oneof(
      fc.constantFrom(...(Object.keys(OPERATORS) as (keyof typeof OPERATORS)[])),
      // In lower case, as the schema has it.
      name.map((app) => `app ${app.toLowerCase()}`),
      fc.constantFrom('app authorizer', 'app app-a', 'app a-authorizer'),
    ),
  )
  .map(([mount, holder]) => ({
    of: `${holder} of ${mount}`,
    name: holder.startsWith('app ')
      ? appPolicyName(mount, holder.slice(4))
      : OPERATORS[holder as keyof typeof OPERATORS](mount),
  }));

property(
  'no policy of one mount and holder is called like that of another, to Vault, which knows no upper case',
  fc.array(held, { minLength: 2, maxLength: 30 }),
  (all) => {
    const owners = new Map<string, string>();
    for (const { of, name: policy } of all) {
      const key = policy.toLowerCase();
      expect(`${policy}: ${owners.get(key) ?? of}`).toBe(`${policy}: ${of}`);
      owners.set(key, of);
    }
  },
);
