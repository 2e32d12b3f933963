import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { malformed, type InputError } from './problem.js';

const untyped = new Set<unknown>([String, Boolean, Number, BigInt, Array, Object, Buffer, undefined]);
const rules = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false },
};

/**
 * Turns bodies, queries and parameters into their declared class and refuses whatever the class doesn't
 * allow, unknown fields included: 400 `malformed` with every error. An absent body is an empty one: whether
 * it may be is the class's to say. A parameter typed `unknown` or as an interface passes untouched.
 */
export class StrictValidation implements PipeTransform {
  async transform(given: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || untyped.has(metatype)) return given;
    const value = type === 'body' && given === undefined ? {} : given;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformed([{ loc: [type], msg: 'must be an object', type: 'object' }]);
    }
    refuseConstructor(value, [type]);
    const input = plainToInstance(metatype as ClassConstructor<object>, value);
    const errors = await validate(input, rules);
    if (errors.length > 0) throw malformed(errors.flatMap((error) => flatten(error, [type])));
    return input;
  }
}

/** class-transformer takes a member of that name for the value's class, and falls over it. */
function refuseConstructor(value: object, at: readonly (string | number)[]): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const loc = [...at, name];
    if (name === 'constructor')
      throw malformed([{ loc, msg: 'constructor can be no name here', type: 'name' }]);
    if (typeof member === 'object' && member !== null) refuseConstructor(member, loc);
  }
}

function flatten(error: ValidationError, at: readonly (string | number)[]): InputError[] {
  const loc = [...at, /^\d+$/.test(error.property) ? Number.parseInt(error.property, 10) : error.property];
  const own = Object.entries(error.constraints ?? {}).map(([rule, msg]) => ({ loc, msg, type: kebab(rule) }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, loc))];
}

function kebab(rule: string): string {
  return rule === 'whitelistValidation'
    ? 'unknown-field'
    : rule.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
