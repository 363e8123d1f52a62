import { commandLine, ExplainedError } from '#core';
import { firstBytes } from './plugin-binary';

/*
 * The platform of the plugin, from its first bytes. The server's container must be able to run it.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */

/** Values of `e_machine`, with Node's names. */
const MACHINES: Readonly<Record<number, NodeJS.Architecture>> = {
  0x03: 'ia32',
  0x15: 'ppc64',
  0x16: 's390x',
  0x28: 'arm',
  0x3e: 'x64',
  0xb7: 'arm64',
  0xf3: 'riscv64',
};

/** Values of `cputype` in Mach-O, with Node's names. @see https://github.com/apple-oss-distributions/xnu, `mach/machine.h` */
const CPU_TYPES: Readonly<Record<number, NodeJS.Architecture>> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };

/** Value of `p_type` in a program that needs a loader and a C library. */
const INTERPRETER = 3;

const MACH_O = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe];
const MACH_O_64_LITTLE = 0xcffaedfe;

/** Value of `EI_OSABI` in a program for FreeBSD. Linux has 0. */
const FREEBSD = 9;

/**
 * The platform of a program, from its first bytes.
 *
 * @returns such as "linux/x64"; the processor is left out if it is not known; undefined for a file of unknown format
 * @throws ExplainedError if the file cannot be read
 */
export function programPlatform(file: string): string | undefined {
  const program = firstBytes(file, 64);
  if (isMachO(program)) {
    const cpu = program.readUInt32BE(0) === MACH_O_64_LITTLE ? CPU_TYPES[program.readUInt32LE(4)] : undefined;
    return ['darwin', cpu].filter((part) => part !== undefined).join('/');
  }
  if (!isElf(program)) {
    return undefined;
  }
  const { machine } = elfProgram(program);
  return [program[7] === FREEBSD ? 'freebsd' : 'linux', machine].filter((part) => part !== undefined).join('/');
}

/**
 * @param platform the platform of the container, such as "linux/x64"
 * @param dockerHost another machine that runs the containers @default - `DOCKER_HOST`
 * @returns warnings
 * @throws ExplainedError if no container on this machine could run the plugin
 */
export function checkPluginPlatform(file: string, platform: string, dockerHost = process.env.DOCKER_HOST): string[] {
  const built = programPlatform(file);
  const isElsewhere = dockerHost !== undefined && dockerHost !== '' && built?.startsWith('linux/');
  if (built !== undefined && built !== platform && !isElsewhere) {
    throw new ExplainedError(
      `the plugin binary ${file} is built for ${built}, but the server runs in a container of ${platform}; get the right one by "${commandLine('plugin fetch', '--platform', platform)}"`,
    );
  }
  // The program headers follow the first header directly.
  const program = firstBytes(file, 4096);
  return isElf(program) && elfProgram(program).isLinked
    ? [
        `the plugin binary ${file} needs a C library that official images do not have; get the right one by "${commandLine('plugin fetch', '--platform', platform)}"`,
      ]
    : [];
}

function isMachO(program: Buffer): boolean {
  return program.length >= 8 && MACH_O.includes(program.readUInt32BE(0));
}

function isElf(program: Buffer): boolean {
  return program.length >= 64 && program.toString('latin1', 0, 4) === '\u007FELF';
}

function elfProgram(program: Buffer): { machine?: NodeJS.Architecture; isLinked: boolean } {
  const isLittle = program[5] === 1;
  const isWide = program[4] === 2;
  const half = (at: number): number => (isLittle ? program.readUInt16LE(at) : program.readUInt16BE(at));
  const word = (at: number): number => (isLittle ? program.readUInt32LE(at) : program.readUInt32BE(at));
  const long = (at: number): number => Number(isLittle ? program.readBigUInt64LE(at) : program.readBigUInt64BE(at));
  const headers = isWide ? long(32) : word(28);
  const [size, count] = isWide ? [half(54), half(56)] : [half(42), half(44)];
  const types = Array.from({ length: count }, (_, index) => headers + index * size)
    .filter((at) => at + 4 <= program.length)
    .map(word);
  return { machine: MACHINES[half(18)], isLinked: types.includes(INTERPRETER) };
}
