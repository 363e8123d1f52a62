import type { Command } from 'commander';
import { helpPartsOf, pathOf } from '../../../lib/cli/command';
import type { HelpPart } from '../../../lib/cli/command-help';
import { defineCommand } from '../../../lib/cli/command-tree';
import { COMMANDS, type CommandEntry } from '../../../lib/cli/commands';
import { buildProgram } from '../../../scripts/cli';
import type { Block, Manual, Rows, Section } from './manual';
import { SharedRows } from './shared-rows';

/** The manual of webex-token-vault, from the definitions of its commands. */
export function vaultManual(): Manual {
  const program = buildProgram('', new AbortController().signal);
  const groups = [...new Set(COMMANDS.map(titleOf))].map((title) => ({
    title,
    commands: COMMANDS.filter((entry) => titleOf(entry) === title).flatMap(({ name }) => leaves(child(program, name))),
  }));
  const commands = groups.flatMap((group) => group.commands);
  const parts = [program, ...commands].map(helpPartsOf);
  const environment = new SharedRows(
    'Environment',
    parts.map((each) => each.environment),
  );
  const exitCodes = new SharedRows(
    'Exit codes',
    parts.map((each) => each.exitCodes),
  );
  return {
    program: program.name(),
    summary: program.description(),
    synopsis: [usageOf(program)],
    sections: [
      { title: 'Options of every command', blocks: [{ kind: 'rows', rows: optionsOf(program) }] },
      {
        title: 'Commands',
        blocks: groups.map((group) => ({ kind: 'index', title: group.title, rows: index(group.commands) })),
      },
      ...commands.map((command) => sectionOf(command, environment, exitCodes)),
      { title: environment.title, blocks: [{ kind: 'rows', rows: environment.rows }] },
      { title: exitCodes.title, blocks: [{ kind: 'rows', rows: exitCodes.rows }] },
    ],
  };
}

/** Commands without a group are hidden in the help. */
function titleOf({ group = 'For other programs:' }: CommandEntry): string {
  return group.replace(/:$/, '');
}

function index(commands: readonly Command[]): Rows {
  return Object.fromEntries(commands.map((command) => [titleOfCommand(command), command.summary()]));
}

function child(parent: Command, name: string): Command {
  const command = parent.commands.find((each) => each.name() === name);
  if (command === undefined) {
    throw new Error(`${parent.name()} has no command ${name}`);
  }
  defineCommand(command);
  return command;
}

/** The command itself, or the commands below it. */
function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0
    ? [command]
    : command.commands.flatMap((each) => leaves(child(command, each.name())));
}

function sectionOf(command: Command, environment: SharedRows, exitCodes: SharedRows): Section {
  const help = command.createHelp();
  const parts = helpPartsOf(command);
  const named = help.visibleArguments(command);
  const argumentRows = named.map((each) => [help.argumentTerm(each), help.argumentDescription(each)] as const);
  return {
    title: titleOfCommand(command),
    isCommand: true,
    blocks: [
      { kind: 'text', text: command.description() },
      { kind: 'code', title: 'Synopsis', text: usageOf(command) },
      ...parts.details.map(blockOf),
      { kind: 'rows', title: 'Arguments', rows: Object.fromEntries(argumentRows) },
      { kind: 'rows', title: 'Options', rows: optionsOf(command) },
      environment.block(parts.environment),
      exitCodes.block(parts.exitCodes),
      { kind: 'examples', rows: parts.examples },
    ],
  };
}

/** The words of a command without the name of the program. */
function titleOfCommand(command: Command): string {
  return pathOf(command).split(' ').slice(1).join(' ');
}

function usageOf(command: Command): string {
  return command.createHelp().commandUsage(command);
}

function optionsOf(command: Command): Rows {
  const help = command.createHelp();
  const own = help.visibleOptions(command).filter(({ long }) => command.parent === null || long !== '--help');
  return Object.fromEntries(own.map((option) => [help.optionTerm(option), help.optionDescription(option)]));
}

function blockOf(part: HelpPart): Block {
  if (typeof part === 'string') {
    // A message shows how this run was started; a manual shows the name alone.
    return { kind: 'text', text: part.replaceAll('npx --no-install ', '') };
  }
  return 'rows' in part
    ? { kind: 'rows', title: part.title, rows: part.rows }
    : { kind: 'code', title: part.title, text: part.code };
}
