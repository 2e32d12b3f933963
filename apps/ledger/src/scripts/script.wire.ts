import { type Static, Type } from '@sinclair/typebox';
import { AddressText, MetadataRecord } from '@defter/ledger-contracts';
import type { CreateTransaction, Metadata } from '@defter/ledger-domain';
import { MAX_SCRIPT_LENGTH, Script, ScriptError, VariableError } from '@defter/ledger-numscript';
import { malformed, ProblemException } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import { requestProblems } from '../ledger.problems.js';

const MAX_ERRORS = 20;

/** Member `script` of a transaction's body. The types of the variables are the script's to say. */
export const ScriptBody = Type.Object(
  {
    plain: Type.String({
      maxLength: MAX_SCRIPT_LENGTH,
      expected: `text of at most ${MAX_SCRIPT_LENGTH} characters`,
    }),
    vars: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { maxProperties: 1000 })),
  },
  { additionalProperties: false },
);

const readMetadata = bodyReader(
  Type.Object({
    metadata: MetadataRecord,
    accountMetadata: Type.Record(AddressText, MetadataRecord),
  }),
);

/**
 * The command with the script of its body, and with the metadata that the script sets beside the request's.
 * @throws ProblemException `script-invalid`, `metadata-override`, `malformed`
 */
export const withScript = (
  command: CreateTransaction,
  body: Static<typeof ScriptBody>,
): CreateTransaction => {
  const script = toScript(body);
  const metadata = merged(command.metadata, script.metadata, 'metadata');
  const given = command.accountMetadata ?? {};
  const set = Object.entries(script.accountMetadata).map(([account, of]): [string, Metadata] => {
    const before = Object.hasOwn(given, account) ? (given[account] ?? {}) : {};
    return [account, merged(before, of, `accountMetadata of ${account}`)];
  });
  const accountMetadata = Object.fromEntries([...Object.entries(given), ...set]);
  readMetadata({ metadata, accountMetadata });
  const noted = Object.keys(accountMetadata).length > 0 ? { accountMetadata } : {};
  return { ...command, script, metadata, ...noted };
};

const toScript = ({ plain, vars = {} }: Static<typeof ScriptBody>): Script => {
  try {
    return Script.of(plain, vars);
  } catch (error) {
    if (error instanceof ScriptError) throw invalid(error);
    if (!(error instanceof VariableError)) throw error;
    throw malformed(
      error.errors.slice(0, MAX_ERRORS).map(({ name, reason }) => ({
        loc: ['body', 'script', 'vars', name],
        msg: reason,
        type: 'variable',
      })),
    );
  }
};

const invalid = ({ message, position }: ScriptError): ProblemException => {
  const errors = [{ loc: ['body', 'script', 'plain'], msg: message, type: 'script' }];
  return new ProblemException('script-invalid', requestProblems['script-invalid'], message, {
    ...position,
    errors,
  });
};

const merged = (given: Metadata, set: Metadata, where: string): Metadata => {
  const twice = Object.keys(set).find((name) => Object.hasOwn(given, name));
  if (twice === undefined) return { ...given, ...set };
  const detail = `${where}: the script and the request both set ${JSON.stringify(twice)}`;
  throw new ProblemException('metadata-override', requestProblems['metadata-override'], detail);
};
