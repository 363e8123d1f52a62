import { ExplainedError, oneLine } from '#core';

/** The declaration does not hold. */
export class InvalidDeployment extends ExplainedError {
  override name = 'InvalidDeployment';

  constructor(
    readonly problem: string,
    file = 'deployment.ts',
  ) {
    // It quotes what is declared, whatever that is.
    super(oneLine(`${file}: ${problem}`));
  }
}
