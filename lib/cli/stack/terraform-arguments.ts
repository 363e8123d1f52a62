import { UsageError } from '#core';

/*
 * Arguments for Terraform: the words behind `--` on the command line.
 */

export function terraformArguments(argv: readonly string[] = process.argv): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? [] : argv.slice(end + 1);
}

/** Arguments that Terraform takes with a saved plan. `-var-file` is one of them: a plan does not keep ephemeral variables. */
export function applyArguments(): readonly string[] {
  return terraformArguments().filter(isOfApply);
}

function isOfApply(arg: string): boolean {
  return /^--?(?:lock|lock-timeout|parallelism|no-color|compact-warnings|show-sensitive|var-file)(?:=|$)/.test(arg);
}

/** @param planFile a saved plan that is to be applied. @throws UsageError if Terraform would misread an argument */
export function refuseUnfitArguments(planFile?: string): void {
  const given = terraformArguments();
  const value = given.find((arg) => !arg.startsWith('-'));
  if (value !== undefined) {
    throw new UsageError(
      `"${value}" would have no option for Terraform; write option and value as one word, like -option=${value}`,
    );
  }
  const ours = given.find((arg) => /^--?(?:out|detailed-exitcode=|json|input)\b/.test(arg));
  if (ours !== undefined) {
    throw new UsageError(`this command sets "${ours}" itself; leave it out, or use --plan-file or --json`);
  }
  const late = planFile === undefined ? undefined : given.find((arg) => !isOfApply(arg));
  if (late !== undefined) {
    throw new UsageError(
      `Terraform accepts no "${late}" with a saved plan; make another plan, or leave out --plan-file ${planFile ?? ''}`,
    );
  }
}
