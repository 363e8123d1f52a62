import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { NO_LOCKOUT } from '../../lib/declaration/schema/app-declaration';

export interface AppRoleMethodProps {
  readonly path: string;
  /** Longest life of the secret ids and tokens that it issues. */
  readonly maxLeaseTtlSeconds: number;
}

/** The AppRole auth method of the apps: enabled, and tuned so that nobody locks them out. */
export class AppRoleMethod extends Construct {
  /** Path of the method below `auth/`. It is a reference, because the roles in the method come after it. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: AppRoleMethodProps) {
    super(scope, id);
    const { path, accessor } = new AuthBackend(this, 'method', { type: 'approle', path: props.path });
    const mounted = new DataResource(this, 'mounted', { triggersReplace: { accessor } });
    // Not by the backend's own `tune`: the provider reports a change that Vault refused as made. Not read: a read fails
    // if the mount is gone, as when a server in dev mode has forgotten all. Written again to each new mount instead.
    new GenericEndpoint(this, 'leases', {
      path: `sys/mounts/auth/${path}/tune`,
      dataJson: JSON.stringify({ max_lease_ttl: props.maxLeaseTtlSeconds, user_lockout_config: NO_LOCKOUT }),
      ignoreAbsentFields: true,
      disableRead: true,
      disableDelete: true,
      lifecycle: { replaceTriggeredBy: [`${mounted.terraformResourceType}.${mounted.friendlyUniqueId}`] },
    });
    this.path = path;
  }
}
