import { InvalidArgumentError, Option } from 'commander';
import { isIP } from 'node:net';
import { DURATION_NOTATION, durationSeconds } from '#core';
import { isHostName } from '../../declaration/schema/host-name';
import type { FileOwner } from '../../files/atomic-file';
import type { ListenAddress } from '../../browser/loopback-servers';

/*
 * Values of options, checked while the command line is parsed.
 */

export interface DurationLimits {
  /** @default '1s' */
  readonly atLeast?: string;
  /** @default '24d', about the longest that a timer can wait */
  readonly atMost?: string;
}

/** An option with a duration, such as `--timeout 5m`. The action gets seconds. @param initially its default */
export function durationOption(
  flags: string,
  description: string,
  initially?: string,
  limits: DurationLimits = {},
): Option {
  const option = new Option(flags, description).argParser((text) => seconds(text, limits));
  return initially === undefined ? option : option.default(durationSeconds(initially), initially);
}

function seconds(text: string, { atLeast = '1s', atMost = '24d' }: DurationLimits): number {
  const value = durationSeconds(text) ?? refuse(DURATION_NOTATION, text);
  if (value < (durationSeconds(atLeast) ?? 0)) {
    refuse(`at least ${atLeast}`, text);
  }
  return value > (durationSeconds(atMost) ?? 0) ? refuse(`at most ${atMost}`, text) : value;
}

/** A number of days in the lifetime of a certificate, which has no years of five digits. */
export function days(text: string): number {
  return /^[1-9]\d{0,6}$/.test(text) && Number(text) <= 1_000_000
    ? Number(text)
    : refuse('a whole number from 1 to 1000000', text);
}

/**
 * A moment in the past, in milliseconds: a duration before now, or a date.
 *
 * @param now in milliseconds
 */
export function pastMoment(text: string, now: number): number {
  const ago = durationSeconds(text);
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const moment = ago === undefined ? (isDate ? Date.parse(text) : NaN) : now - ago * 1000;
  return Number.isNaN(moment)
    ? refuse(`${DURATION_NOTATION}, or a date in UTC, such as 2026-11-30 or 2026-11-30T12:00:00Z`, text)
    : moment <= now
      ? moment
      : refuse('in the past', text);
}

/** An address to listen on: `host:port`, or a port on loopback. */
export function listenAddress(text: string): ListenAddress {
  const [, bracketed, named, digits = ''] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? named ?? '127.0.0.1';
  const isHost = bracketed === undefined ? isIP(host) === 4 || isHostName(host) : isIP(host) === 6;
  const port = Number(digits);
  return digits === '' || !isHost || port > 65_535
    ? refuse('host:port, such as "127.0.0.1:18200" or "[::1]:18200", or a port alone', text)
    : { host, port };
}

/** Scheme, host and port of a server, which tokens go to. */
export function httpsOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.href === `${url.origin}/`
    ? url.origin
    : refuse('an https origin without a path, such as "https://api.example.com"', text);
}

/** A port of TCP. */
export function portNumber(text: string): number {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port > 0 && port <= 65_535 ? port : refuse('a port from 1 to 65535', text);
}

/** User and group of a file. */
export function fileOwner(text: string): FileOwner {
  const [, uid, gid] = /^(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  return uid === undefined ? refuse('two numbers, like "100:1000"', text) : { uid: Number(uid), gid: Number(gid) };
}

/** An image of a container. It is checked here, because a cluster refuses it only with the manifests. */
export function imageName(text: string): string {
  const like = 'an image like "registry.example.com/people-me:1.0.0", without white space';
  return /^\S+$/.test(text) ? text : refuse(like, text);
}

/** The name of an object. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, subdomain */
export function objectName(text: string): string {
  return /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text)
    ? text
    : refuse('the name of a Secret, of lower-case letters, digits, "-" and "."', text);
}

/** One label, such as a namespace. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export function objectLabel(text: string): string {
  return /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text)
    ? text
    : refuse('a name of lower-case letters, digits and "-", at most 63 characters', text);
}

/** Beginning of the names of several objects. */
export function objectPrefix(text: string): string {
  return /^(?=.{1,44}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(text)
    ? text
    : refuse('at most 44 lower-case letters, digits or "-", with a letter first', text);
}

/** Times of a CronJob. The cluster knows which values of the fields are valid. */
export function cronSchedule(text: string): string {
  return /^\S+(?: \S+){4}$/.test(text) ? text : refuse('five fields of cron, such as "*/5 * * * *"', text);
}

/** @throws InvalidArgumentError */
function refuse(expected: string, got: string): never {
  throw new InvalidArgumentError(`It must be ${expected}, got "${got}".`);
}
