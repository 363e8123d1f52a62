import { TerraformBackend, type TerraformStack } from 'cdktf';

export interface StateBackendProps {
  /** Terraform's name of the backend. CDKTF has classes for some backends only. */
  readonly type: string;
  /** Settings, as in Terraform's documentation. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Value of each `{placeholder}` in a setting. */
  readonly placeholders: Readonly<Record<string, string>>;
}

/** Any backend of Terraform, by its name. */
export class StateBackend extends TerraformBackend {
  constructor(
    scope: TerraformStack,
    id: string,
    private readonly props: StateBackendProps,
  ) {
    super(scope, id, props.type);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return fillIn(this.props.config, this.props.placeholders) as Record<string, unknown>;
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return this.synthesizeAttributes();
  }

  override getRemoteStateDataSource(): never {
    throw new Error('no stack reads the state of another');
  }
}

function fillIn(value: unknown, placeholders: StateBackendProps['placeholders']): unknown {
  if (typeof value === 'string') {
    return Object.entries(placeholders).reduce((text, [name, word]) => text.replaceAll(`{${name}}`, word), value);
  }
  if (Array.isArray(value)) {
    return value.map((each) => fillIn(each, placeholders));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillIn(each, placeholders)]));
  }
  return value;
}
