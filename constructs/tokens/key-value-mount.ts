import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';

export interface KeyValueMountProps {
  readonly path: string;
  /** Version 1 keeps no replaced value. Version 2 can refuse a write to a value that changed meanwhile. */
  readonly version: 1 | 2;
  readonly description: string;
}

/** A KV engine of Vault. */
export class KeyValueMount extends Construct {
  /** Path of the mount. It is a reference, so dependent resources are written after the mount. */
  readonly path: string;
  /** A new mount has another one. */
  readonly accessor: string;

  constructor(scope: Construct, id: string, { path, version, description }: KeyValueMountProps) {
    super(scope, id);
    const mount = new Mount(this, 'mount', { path, type: 'kv', options: { version: String(version) }, description });
    this.path = mount.path;
    this.accessor = mount.accessor;
  }
}
