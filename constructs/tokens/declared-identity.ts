import { Token } from 'cdktf';
import { ExplainedError } from '#core';
import type { z } from 'zod';
import { withDefaults } from '../../lib/declaration/schema/defaults';
import {
  IDENTITY_KINDS,
  identityDeclaration,
  type IdentityDeclaration,
} from '../../lib/declaration/schema/identity-declaration';

/**
 * An identity with its defaults, as a stack of one's own gives it: what is a reference, only Terraform can look at.
 *
 * @throws ExplainedError where it is none, or one that anything could log in with
 */
export function declaredIdentity(identity: z.input<typeof identityDeclaration>): IdentityDeclaration {
  const parsed = identityDeclaration.safeParse(identity);
  if (parsed.success) {
    return parsed.data;
  }
  const issues = parsed.error.issues.filter(({ path }) => !Token.isUnresolved(path.reduce(fieldOf, identity)));
  if (issues.length > 0) {
    const problems = issues.map(({ path, message }) => `${['identity', ...path].join('.')} ${message}`);
    throw new ExplainedError(problems.join('; '));
  }
  const { jwt, github, gitlab, kubernetes, cert } = identity;
  return {
    ...(jwt && { jwt: withDefaults(IDENTITY_KINDS.jwt, jwt) }),
    ...(github && { github: withDefaults(IDENTITY_KINDS.github, github) }),
    ...(gitlab && { gitlab: withDefaults(IDENTITY_KINDS.gitlab, gitlab) }),
    ...(kubernetes && { kubernetes: withDefaults(IDENTITY_KINDS.kubernetes, kubernetes) }),
    ...(cert && { cert: withDefaults(IDENTITY_KINDS.cert, cert) }),
  };
}

function fieldOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : value;
}
