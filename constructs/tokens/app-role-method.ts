import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { resourceAddress } from '../terraform-text';
import { NO_LOCKOUT } from '../../lib/declaration/schema/app-declaration';

export interface AppRoleMethodProps {
  readonly path: string;
  /** Longest life of the secret ids and tokens that it issues. */
  readonly maxLeaseTtlSeconds: number;
}

/** The AppRole auth method of the apps: enabled, and tuned so that nobody locks them out. */
export class AppRoleMethod extends Construct {
  /** Path of the method below `auth/`. It is a reference, so roles are written after the method. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: AppRoleMethodProps) {
    super(scope, id);
    const { path, accessor } = new AuthBackend(this, 'method', { type: 'approle', path: props.path });
    const mounted = new DataResource(this, 'mounted', { triggersReplace: { accessor } });
    // The provider's own `tune` reports a change that Vault refused as made. A read would fail without the mount, as after
    // a restart in dev mode. So this is never read, and is written again to each new mount.
    new GenericEndpoint(this, 'leases', {
      path: `sys/mounts/auth/${path}/tune`,
      dataJson: JSON.stringify({ max_lease_ttl: props.maxLeaseTtlSeconds, user_lockout_config: NO_LOCKOUT }),
      ignoreAbsentFields: true,
      disableRead: true,
      disableDelete: true,
      lifecycle: { replaceTriggeredBy: [resourceAddress(mounted)] },
    });
    this.path = path;
  }
}
