import { ourCommand, quotedList } from '#core';
import { rolePath } from '../../declaration/derived/app-login';
import type { App, Deployment } from '../../declaration/schema/deployment';
import { loginOf } from '../../declaration/derived/logins';
import { Wrong } from './examination';
import { rightsOf, type Holders } from './holders';

/** @throws Wrong where a login of the app would be refused what it is declared to read */
export function requireReads(deployment: Deployment, holders: Holders, app: App): void {
  const { engine } = deployment;
  const role = holders.roles.find(({ path }) => path === rolePath(loginOf(deployment, app), app));
  if (role === undefined || holders.unreadable.some(({ name }) => role.policies.includes(name))) {
    // That there is no role, the look at the app says.
    return;
  }
  const rights = rightsOf(holders, role);
  const refused = app.reads.filter((name) => !rights.mayRead(`${engine.mountPath}/creds/${name}`));
  if (refused.length > 0) {
    throw new Wrong(
      `app "${app.name}" may not read ${quotedList(refused)}: its role has policies ${quotedList(role.policies)}, which do not allow it`,
      ourCommand('deploy', 'webex-tokens'),
    );
  }
}
