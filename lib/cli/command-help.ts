import { type Command, Help } from 'commander';
import { asStarted } from '#core/command/command-line';

/*
 * The help of a command beyond its options. The reference page and the man pages have the same parts.
 */

/** A paragraph, a list of terms with their meanings, or lines that are shown unchanged. */
export type HelpPart =
  | string
  | { readonly title: string; readonly rows: Readonly<Record<string, string>> }
  | { readonly title: string; readonly code: string };

/** The parts after the options, in their order. */
export interface HelpParts {
  readonly details: readonly HelpPart[];
  readonly environment: Readonly<Record<string, string>>;
  readonly exitCodes: Readonly<Record<number, string>>;
  /** Command lines, each with its meaning. */
  readonly examples: Readonly<Record<string, string>>;
}

/** Has the help of a command end with these parts. @param parts called once the help is shown */
export function addHelpParts(command: Command, parts: () => HelpParts): Command {
  return command.configureHelp({
    ...command.configureHelp(),
    formatHelp: (shown, helper) => {
      const { details, environment, exitCodes, examples } = parts();
      return [
        Help.prototype.formatHelp.call(helper, shown, helper),
        ...details.map((part) => text(part, helper)),
        list('Environment', environment, helper),
        list('Exit codes', exitCodes, helper),
        exampleText(examples),
      ].join('\n');
    },
  });
}

function text(part: HelpPart, helper: Help): string {
  if (typeof part === 'string') {
    return `${helper.boxWrap(part, helper.helpWidth ?? DEFAULT_WIDTH)}\n`;
  }
  return 'rows' in part
    ? list(part.title, part.rows, helper)
    : `${part.title}:\n${part.code.replaceAll(/^(?=.)/gm, '  ')}\n`;
}

/** The width that commander takes for an output that is no terminal. */
const DEFAULT_WIDTH = 80;

function list(title: string, rows: Readonly<Record<string, string>>, helper: Help): string {
  const width = Math.max(...Object.keys(rows).map((term) => term.length));
  const lines = Object.entries(rows).map(([term, meaning]) => helper.formatItem(term, width, meaning, helper));
  return `${title}:\n${lines.join('\n')}\n`;
}

function exampleText(examples: Readonly<Record<string, string>>): string {
  const lines = Object.entries(examples).map(([line, meaning]) => `  # ${meaning}\n  ${asStarted(line)}`);
  return `Examples:\n${lines.join('\n')}\n`;
}
