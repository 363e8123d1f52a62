import type { Deployment } from '../schema/deployment';

/**
 * Terraform would replace an expression in a declared text. References of CDKTF are for Terraform and are accepted, except
 * in the parts that decide who may log in.
 */
export function expressionProblem({ vault, apps, operators, ...others }: Deployment): string | undefined {
  // Not checked: values of a chart, which are escaped, and a backend, whose settings are Terraform's own.
  const { address, namespace } = vault;
  const { webex, engine, integrations, credentials } = others;
  const logins = { apps, operators };
  const rest = { integrations, credentials, engine, webex, vault: { address, namespace } };
  const found = [
    ...Object.entries(logins).map(([field, value]) => [field, expressionIn(value, /[$%]\{[^"}]*\}?/)] as const),
    ...Object.entries(rest).map(
      ([field, value]) => [field, expressionIn(value, /[$%]\{(?!TfToken\[)[^"}]*\}?/)] as const,
    ),
  ];
  const [field, expression] = found.find(([, each]) => each !== undefined) ?? [];
  return (
    expression &&
    `${field} must not have ${JSON.stringify(expression)} in it, which Terraform would replace; write the intended text itself`
  );
}

function expressionIn(value: unknown, expression: RegExp): string | undefined {
  // Wrapped in an array, because `JSON.stringify(undefined)` returns `undefined`.
  return expression.exec(JSON.stringify([value]))?.[0];
}
