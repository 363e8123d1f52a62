import { isLoopback, quotedList, UsageError } from '#core';
import { oidcRoles, type OidcDeclaration, type OidcRole } from '../declaration/derived/oidc-method';
import { declaringFile } from '../declaration/deployment-file';
import type { Deployment } from '../declaration/schema/deployment';

/** Role of the person, and the address that the browser comes back to. */
export interface OidcPlace {
  readonly oidc: OidcDeclaration;
  readonly role: OidcRole;
  readonly redirectUrl: string;
  /** Advice for another attempt, such as "run it again". */
  readonly again: string;
}

/** The place of a command on this machine. @throws UsageError if the declaration allows no such login */
export function loopbackPlace(deployment: Deployment, operator: string): OidcPlace {
  const { oidc } = deployment.operators ?? {};
  if (oidc === undefined) {
    throw new UsageError(
      `${declaringFile()} declares no operators.oidc, so nobody can log in by OIDC; leave out --oidc, or declare it and deploy`,
    );
  }
  const roles = oidcRoles(deployment);
  const role = roles.find((each) => each.operator === operator);
  if (role === undefined) {
    throw new UsageError(
      `operators.oidc.groups names no group whose members may act as the ${operator}, only as ${quotedList(roles.map((each) => each.operator))}; leave out --oidc to log in by its AppRole, or declare such a group`,
    );
  }
  const redirectUrl = oidc.redirectUrls.find((each) => {
    const { protocol, hostname } = new URL(each);
    return protocol === 'http:' && isLoopback(hostname);
  });
  if (redirectUrl === undefined) {
    throw new UsageError(
      `none of operators.oidc.redirectUrls leads to this machine, got ${quotedList(oidc.redirectUrls)}; declare "http://localhost:8250/oidc/callback" too, and register it at the identity provider`,
    );
  }
  return { oidc, role, redirectUrl, again: 'run it again' };
}
