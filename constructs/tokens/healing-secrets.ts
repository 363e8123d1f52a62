import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';

export interface HealingSecretsProps {
  /** Where they are mounted. */
  readonly path: string;
}

/**
 * The client secrets that healing needs, each written by what writes the integration: Terraform mounts the place and
 * never sees what is in it.
 */
export class HealingSecrets extends Construct {
  /** Where they are mounted; a reference, so that what uses them comes after them. */
  readonly path: string;
  /** Another one where the mount was made anew. */
  readonly accessor: string;

  constructor(scope: Construct, id: string, props: HealingSecretsProps) {
    super(scope, id);
    // Version 1, which keeps no secret that was replaced.
    const mount = new Mount(this, 'mount', {
      path: props.path,
      type: 'kv',
      options: { version: '1' },
      description: 'Client secrets of Service Apps whose grants heal; the healer alone reads them',
    });
    this.path = mount.path;
    this.accessor = mount.accessor;
  }
}
