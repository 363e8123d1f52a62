import fc from 'fast-check';
import { policyNameOf as nameOf, type PolicyOperator } from '../../../../lib/declaration/derived/policy-names';
import { name, path } from '../../../fixtures/arbitrary/text';
import { property } from '../../../fixtures/arbitrary/property';

const OPERATORS: readonly PolicyOperator[] = ['authorizer', 'healer', 'issuer', 'observer', 'provisioner'];

/** The holder of a policy of a mount. */
interface Holder {
  readonly mount: string;
  readonly holder: PolicyOperator | `app-${string}`;
}

const app = (text: string): Holder['holder'] => `app-${text}`;

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
      const holder = OPERATORS.find((operator) => operator === rest) ?? app(rest.replace(/^app-/, ''));
      const isHolder = holder === rest && /^[a-z]+$|^app-[a-z0-9][a-z0-9_-]*$/.test(rest);
      // The schema accepts only these characters.
      return isHolder && /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(mount) ? [{ mount, holder }] : [];
    }),
  );

const others = fc.array(
  fc.oneof(
    fc.record({ mount: path, holder: fc.constantFrom(...OPERATORS) }),
    fc.record({ mount: path, holder: name.map((text) => app(text.toLowerCase())) }),
  ),
  { maxLength: 10 },
);

property(
  'no policy of one mount and holder is called like that of another, to Vault, which knows no upper case',
  fc.tuple(readings, others),
  ([one, more]) => {
    const owners = new Map<string, Holder>();
    for (const holder of [...one, ...more]) {
      const policy = nameOf(holder.mount, holder.holder).toLowerCase();
      expect(owners.get(policy) ?? holder).toEqual(holder);
      owners.set(policy, holder);
    }
  },
);
