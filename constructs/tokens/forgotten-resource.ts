import { TerraformElement } from 'cdktf';
import type { Construct } from 'constructs';

export interface ForgottenResourceProps {
  /** Address of the resource, such as `vault_mount.engine`. No resource of the stack may have this address. */
  readonly address: string;
}

/**
 * A resource that Terraform removes from its state and does not delete. CDKTF has no class for block `removed`.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/removed
 */
export class ForgottenResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ForgottenResourceProps,
  ) {
    super(scope, id);
  }

  override toTerraform(): object {
    return { removed: [{ from: this.props.address, lifecycle: { destroy: false } }] };
  }
}
