import { z } from 'zod';

/** Rules of schemas in words, beyond their types and bounds. The reference of the declaration shows them. */
export const rules = z.registry<{ readonly rule: string }>();

/** Vault has one auth method at a path, and none below another. */
export const METHOD_PATH_RULE = 'not the path of another auth method, nor within it or around it';
