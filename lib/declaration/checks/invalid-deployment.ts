import { ExplainedError, oneLine } from '#core';

/** The declaration is invalid. */
export class InvalidDeployment extends ExplainedError {
  override name = 'InvalidDeployment';

  constructor(
    readonly problem: string,
    file = 'deployment.ts',
  ) {
    // The problem quotes declared texts, which may have any character.
    super(oneLine(`${file}: ${problem}`));
  }
}
