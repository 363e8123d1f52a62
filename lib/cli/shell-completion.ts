import type { Argument, Command, Option } from 'commander';
import { deploymentFile } from '../declaration/deployment-file';
import { loadDeployment } from '../declaration/files/load-deployment';
import { OPERATOR_NAMES } from '../operators/operators';

/*
 * What may stand next on a command line. The commands say it themselves: by their options, and by the names of their
 * arguments, such as `<credential>`.
 */

export interface Candidate {
  readonly value: string;
  /** @default - none */
  readonly description?: string;
}

/** What a person has typed so far, taken apart. */
interface CommandLine {
  readonly command: Command;
  /** Words that are neither options nor theirs, behind the names of the commands. */
  readonly operands: readonly string[];
  /** The option whose value comes next. @default - none */
  readonly option?: Option;
  /** Whether there was a "--", behind which nothing is an option of ours. */
  readonly optionsEnded: boolean;
  /** The file that `--deployment` names. @default - none */
  readonly deployment?: string;
}

/** What a shell completes itself; of a command that is to be run, at least its path and the files that it is given. */
const FILES = ['file', 'files', 'folder', 'command', 'args'];

/**
 * @param words behind the program's name; the last one is being typed, and may be empty
 * @param define gives a command its options, before they are looked at; `path` are the words before its name
 * @returns "files" where the shell knows better
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  define: (command: Command, path: readonly string[]) => void,
): Promise<readonly Candidate[] | 'files'> {
  const typed = words.at(-1) ?? '';
  const line = parse(program, words.slice(0, -1), define);
  const all = await following(line, typed, program);
  return all === 'files' ? all : all.filter(({ value }) => value.startsWith(typed));
}

function parse(
  program: Command,
  words: readonly string[],
  define: (command: Command, path: readonly string[]) => void,
): CommandLine {
  let command = program;
  let option: Option | undefined;
  let deployment: string | undefined;
  const operands: string[] = [];
  const path: string[] = [];
  let optionsEnded = false;
  for (const word of words) {
    if (optionsEnded) {
      operands.push(word);
      continue;
    }
    const named = [...command.options, ...program.options].find(({ long, short }) => word === long || word === short);
    const next = operands.length === 0 ? command.commands.find((known) => known.name() === word) : undefined;
    if (word === '--') {
      optionsEnded = true;
      option = undefined;
    } else if (word.startsWith('-')) {
      option = named?.required === true ? named : undefined;
    } else if (option !== undefined) {
      deployment = option.attributeName() === 'deployment' ? word : deployment;
      option = option.variadic ? option : undefined;
    } else if (next !== undefined) {
      command = next;
      define(command, [...path]);
      path.push(command.name());
    } else {
      operands.push(word);
    }
  }
  return { command, operands, option, optionsEnded, deployment };
}

async function following(
  { command, operands, option, optionsEnded, deployment }: CommandLine,
  typed: string,
  program: Command,
): Promise<readonly Candidate[] | 'files'> {
  if (typed.startsWith('-') && !optionsEnded) {
    const help = command.createHelp();
    const options = [...help.visibleOptions(command), ...program.options];
    return options.flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
  }
  if (option !== undefined) {
    const [, placeholder = ''] = /<(\w+)/.exec(option.flags) ?? [];
    return values(option, FILES.includes(placeholder) ? placeholder : option.attributeName(), deployment);
  }
  const subcommands = command.createHelp().visibleCommands(command);
  if (subcommands.length > 0) {
    return operands.length > 0
      ? []
      : subcommands.map((known) => ({ value: known.name(), description: known.summary() }));
  }
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? [] : values(argument, argument.name(), deployment);
}

/** @param kind what the value is the name of */
async function values(
  { argChoices }: Option | Argument,
  kind: string,
  deployment: string | undefined,
): Promise<readonly Candidate[] | 'files'> {
  if (argChoices !== undefined) {
    return argChoices.map((value) => ({ value }));
  }
  if (FILES.includes(kind)) {
    return 'files';
  }
  switch (kind) {
    case 'operator':
      return OPERATOR_NAMES.map((value) => ({ value }));
    case 'stack':
      return ['vault-server', 'webex-tokens'].map((value) => ({ value }));
    case 'allowLoss':
      return declared('credentials', deployment);
    case 'app':
      return declared('apps', deployment);
    case 'credential':
      return declared('credentials', deployment);
    case 'integration':
      return declared('integrations', deployment);
    default:
      return [];
  }
}

async function declared(
  kind: 'apps' | 'credentials' | 'integrations',
  file = deploymentFile(),
): Promise<readonly Candidate[]> {
  try {
    return (await loadDeployment(file)).deployment[kind].map(({ name }) => ({ value: name }));
  } catch {
    // What is wrong with it is said by the command itself.
    return [];
  }
}
