import { TerraformBackend, type TerraformStack } from 'cdktf';

export interface StateBackendProps {
  /** Terraform's name of the backend. */
  readonly type: string;
  /** Settings, as in Terraform's documentation. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Any backend of Terraform, by its name. CDKTF has classes only for some backends. */
export class StateBackend extends TerraformBackend {
  constructor(
    scope: TerraformStack,
    id: string,
    private readonly props: StateBackendProps,
  ) {
    super(scope, id, props.type);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.props.config };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return this.synthesizeAttributes();
  }

  override getRemoteStateDataSource(): never {
    throw new Error('no stack reads the state of another');
  }
}
