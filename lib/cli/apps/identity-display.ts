import { assignments, UsageError } from '#core';
import { identityPlace } from '../../apps/identity-variables';
import type { IdentityLogin } from '../../declaration/derived/app-login';
import type { App } from '../../declaration/schema/deployment';

/** Prints the environment of an app with an identity of its own. @throws UsageError if a secret id is requested */
export function showIdentity(
  login: IdentityLogin,
  app: App,
  environment: Record<string, string>,
  options: { readonly to?: string; readonly json?: boolean },
): void {
  if (options.to !== undefined) {
    throw new UsageError(
      `app "${app.name}" logs in by ${login.type}, so there is no secret id for ${options.to}; leave out --to, and set the printed variables where the app runs`,
    );
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ app: app.name, identity: login.type, environment }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`export ${assignments(environment)}\n`);
  process.stderr.write(
    [
      `app ${app.name} logs in by ${login.type}, so no secret id was issued. Set the variables above where the app runs.`,
      ...identityPlace(login),
      '',
    ].join('\n'),
  );
}
