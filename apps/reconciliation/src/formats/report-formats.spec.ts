import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { amountText } from '@defter/reconciliation-domain';
import { type FileFormat, fileFormats, type Mapping, readSettlement, readStatements } from './formats.js';

/** What the page shows is what the parsers do: each example is followed by the lines that it comes to. */
const page = readFileSync(new URL('../../../../docs/reference/report-formats.md', import.meta.url), 'utf8');

interface Block {
  readonly name: string;
  readonly text: string;
}
const blocks: Block[] = [...page.matchAll(/^```(\w+) ?(\w*)\n([^]*?)\n```$/gm)].map(
  ([, language = '', name = '', text = '']) => ({ name: name === '' ? language : name, text }),
);
const exampleOf = (format: string): { text: string; lines: unknown } => {
  const at = blocks.findIndex(({ name }) => name === format);
  const [example, lines] = blocks.slice(at, at + 2);
  if (at < 0 || example === undefined || lines?.name !== 'json') throw new Error(`no example of ${format}`);
  return { text: example.text, lines: JSON.parse(lines.text) };
};

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new TextEncoder().encode(text);
}

async function settlement(format: Exclude<FileFormat, 'camt053' | 'mt940'>, text: string) {
  const mapping = JSON.parse(blocks.find(({ name }) => name === 'mapping')?.text ?? '') as Mapping;
  const lines: object[] = [];
  for await (const line of readSettlement(format, bytes(text), mapping)) {
    const shown = (amount: bigint | undefined) => amountText(amount ?? 0n, line.currency);
    const { lineNumber, kind, amountMinor, feeMinor, netMinor, operationId, batchRef } = line;
    lines.push({
      ...{ line: lineNumber, kind, amount: shown(amountMinor), fee: shown(feeMinor), net: shown(netMinor) },
      ...{ reference: line.providerRef, ...(operationId !== undefined && { operation: operationId }) },
      ...(batchRef !== undefined && { settlement: batchRef }),
      ...{ on: line.businessOn, at: line.occurredAt },
    });
  }
  return lines;
}

async function statement(format: 'camt053' | 'mt940', text: string) {
  const statements = await readStatements(format, bytes(text));
  return statements.flatMap(({ name, lines }) =>
    lines.map((line) => ({
      ...{ statement: name, amount: amountText(line.amountMinor, line.currency), reference: line.reference },
      ...{ text: line.remittance, on: line.bookedOn, value: line.valueOn },
    })),
  );
}

describe('the page of report formats', () => {
  it.each(fileFormats)('%s: its example comes to the lines below it', async (format) => {
    const { text, lines } = exampleOf(format);
    const read =
      format === 'camt053' || format === 'mt940'
        ? await statement(format, text)
        : await settlement(format, text);
    expect(read).toEqual(lines);
    expect(page).toContain(`| [\`${format}\`](`);
  });
});
