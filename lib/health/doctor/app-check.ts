import { quotedList } from 'webex-token-client/core';
import type { App, Deployment } from '../../declaration/deployment';
import { vaultName } from '../../declaration/vault-name';
import { Wrong } from './examination';
import { rightsOf, type Holders } from './holders';

/** @throws Wrong where a login of the app would be refused what it is declared to read */
export function requireReads({ engine, appRolePath }: Deployment, holders: Holders, app: App): void {
  const role = holders.roles.find(({ mount, name }) => mount === appRolePath && name === vaultName(app));
  if (role === undefined || holders.unreadable.some(({ name }) => role.policies.includes(name))) {
    // That there is no role, the look at its secret ids says.
    return;
  }
  const rights = rightsOf(holders, role);
  const refused = app.reads.filter((name) => !rights.mayRead(`${engine.mountPath}/creds/${name}`));
  if (refused.length > 0) {
    throw new Wrong(
      `app "${app.name}" may not read ${quotedList(refused)}: its role has policies ${quotedList(role.policies)}, which do not allow it`,
      'npx webex-token-vault deploy webex-tokens',
    );
  }
}
