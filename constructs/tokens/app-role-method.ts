import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { resourceAddress } from '../terraform-text';
import { NO_LOCKOUT } from '../../lib/declaration/schema/app-declaration';

export interface AppRoleMethodProps {
  readonly path: string;
  /** Longest lifetime of the secret ids and tokens of the method. */
  readonly maxLeaseTtlSeconds: number;
}

/** The AppRole auth method of the apps. Its tuning prevents that anybody locks an app out. */
export class AppRoleMethod extends Construct {
  /** Path of the method below `auth/`. It is a reference, so roles are written after the method. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: AppRoleMethodProps) {
    super(scope, id);
    const { path, accessor } = new AuthBackend(this, 'method', { type: 'approle', path: props.path });
    const mounted = new DataResource(this, 'mounted', { triggersReplace: { accessor } });
    // Argument `tune` of the provider reports a change as made even if Vault refused it. This resource is never read, because a
    // read fails if the mount is gone, as after a restart of a dev server. It is written again to each new mount.
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
