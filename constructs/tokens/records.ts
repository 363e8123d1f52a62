import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Construct } from 'constructs';

export interface RecordsProps {
  /** Where they are mounted. */
  readonly path: string;
}

/**
 * What is known of the grants, and the engine does not keep: who consented and when, which refreshes were seen, the last
 * backup. No secret is in it, and no grant is lost with it.
 */
export class Records extends Construct {
  /** Where they are mounted; a reference, so that what uses them comes after them. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: RecordsProps) {
    super(scope, id);
    // Version 2, which can refuse a write to what has changed meanwhile.
    const mount = new Mount(this, 'mount', {
      path: props.path,
      type: 'kv',
      options: { version: '2' },
      description: 'What is known of the OAuth grants, and no secret',
    });
    this.path = mount.path;
  }
}
