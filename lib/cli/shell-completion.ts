import type { Argument, Command, Option } from 'commander';
import { deploymentFile } from '../declaration/deployment-file';
import { loadDeployment } from '../declaration/files/load-deployment';
import { defineCommand } from './command-tree';

/*
 * The words that may follow on a command line. They come from the options of each command, and from the names of its
 * arguments, such as `<credential>`.
 */

/** The words that a person has typed. */
interface CommandLine {
  readonly command: Command;
  /** Arguments of the command. */
  readonly operands: readonly string[];
  /** Option whose value comes next. @default - none */
  readonly option?: Option;
  /** Whether a "--" was typed: no option follows it. */
  readonly optionsEnded: boolean;
  /** The file that `--deployment` names. @default - none */
  readonly deployment?: string;
}

/** Values that the shell completes itself. */
const FILES = ['file', 'files', 'folder', 'command', 'args'];

/** Has the shell complete files. */
const SHELL_FILES: readonly string[] = [':files'];

/** @param words after the program's name; the last one is being typed. @returns each word, perhaps a tab and its meaning */
export async function candidates(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const line = parse(program, words.slice(0, -1));
  const all = await following(line, typed, program);
  return all === SHELL_FILES ? all : all.filter((line) => line.startsWith(typed));
}

function parse(program: Command, words: readonly string[]): CommandLine {
  let command = program;
  let option: Option | undefined;
  let deployment: string | undefined;
  const operands: string[] = [];
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
      defineCommand(command);
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
): Promise<readonly string[]> {
  if (typed.startsWith('-') && !optionsEnded) {
    const help = command.createHelp();
    const options = [...help.visibleOptions(command), ...program.options];
    return options.flatMap(({ long, description }) => (long ? [`${long}\t${description}`] : []));
  }
  if (option !== undefined) {
    const [, placeholder = ''] = /<(\w+)/.exec(option.flags) ?? [];
    return values(option, FILES.includes(placeholder) ? placeholder : option.attributeName(), deployment);
  }
  const subcommands = command.createHelp().visibleCommands(command);
  if (subcommands.length > 0) {
    return operands.length > 0 ? [] : subcommands.map((known) => `${known.name()}\t${known.summary()}`);
  }
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? [] : values(argument, argument.name(), deployment);
}

/** @param kind kind of thing that the value names */
async function values(
  { argChoices }: Option | Argument,
  kind: string,
  deployment: string | undefined,
): Promise<readonly string[]> {
  if (FILES.includes(kind)) {
    return SHELL_FILES;
  }
  return argChoices ?? (kind === 'stack' ? ['vault-server', 'webex-tokens'] : declared(kind, deployment));
}

/** Names of declared things, if the kind is one of them. */
async function declared(kind: string, file: string | undefined): Promise<readonly string[]> {
  const list = DECLARED[kind];
  try {
    return list === undefined
      ? []
      : (await loadDeployment(file || deploymentFile())).deployment[list].map(({ name }) => name);
  } catch {
    // The command itself reports an invalid deployment.
    return [];
  }
}

const DECLARED: Readonly<Record<string, 'apps' | 'credentials' | 'integrations'>> = {
  allowLoss: 'credentials',
  app: 'apps',
  credential: 'credentials',
  integration: 'integrations',
};
