import fc from 'fast-check';
import {
  appPolicyName,
  authorizerPolicyName,
  healerPolicyName,
  issuerPolicyName,
  observerPolicyName,
  provisionerPolicyName,
} from '../../../../lib/declaration/derived/policy-names';
import { name, path } from '../../../fixtures/arbitrary/text';
import { property } from '../../../fixtures/arbitrary/property';

const OPERATORS: Readonly<Record<string, (mount: string) => string>> = {
  authorizer: authorizerPolicyName,
  healer: healerPolicyName,
  issuer: issuerPolicyName,
  observer: observerPolicyName,
  provisioner: provisionerPolicyName,
};

/** The holder of a policy of a mount: an operator, or an app. */
interface Holder {
  readonly mount: string;
  readonly operator?: string;
  readonly app?: string;
}

/** Vault stores policy names in lower case. */
function policyNameOf({ mount, operator, app = '' }: Holder): string {
  return (OPERATORS[operator ?? '']?.(mount) ?? appPolicyName(mount, app)).toLowerCase();
}

/** All readings of one text as a mount and a holder. Some parts of the text equal the names of holders. */
const readings = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'B', 'app', 'app', 'app', 'authorizer', 'b_'),
      fc.constantFrom('-', '-', '-', '-', '/', '.'),
    ),
    {
      minLength: 2,
      maxLength: 8,
    },
  )
  .map((parts) =>
    parts.flatMap((_, index): Holder[] => {
      const text = (some: typeof parts): string =>
        some
          .map(([word, end]) => word + end)
          .join('')
          .slice(0, -1);
      const [mount, rest] = [text(parts.slice(0, index)), text(parts.slice(index)).toLowerCase()];
      const [, app] = /^app-([a-z0-9][a-z0-9_-]*)$/.exec(rest) ?? [];
      // The schema accepts only these characters.
      return !/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(mount)
        ? []
        : rest in OPERATORS
          ? [{ mount, operator: rest }]
          : app === undefined
            ? []
            : [{ mount, app }];
    }),
  );

const others = fc.array(
  fc.oneof(
    fc.record({ mount: path, operator: fc.constantFrom(...Object.keys(OPERATORS)) }),
    fc.record({ mount: path, app: name.map((app) => app.toLowerCase()) }),
  ),
  { maxLength: 10 },
);

property(
  'no policy of one mount and holder is called like that of another, to Vault, which knows no upper case',
  fc.tuple(readings, others),
  ([one, more]) => {
    const owners = new Map<string, Holder>();
    for (const holder of [...one, ...more]) {
      const policy = policyNameOf(holder);
      expect(owners.get(policy) ?? holder).toEqual(holder);
      owners.set(policy, holder);
    }
  },
);
