import assert from 'node:assert/strict';
import { type PaymentProvider, UnreadableReport } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';

const refusedWithPlace = (error: unknown): boolean =>
  error instanceof UnreadableReport && /line \d+/.test(error.message);

/** Settlement files: all of one, or nothing. */
export function reportCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { reports } = subject.provider;
  const sample = subject.report;
  return sample === undefined ? [noReportsCase(subject)] : fileCases(subject, sample, reports);
}

/** A day without a file and a provider without files must not look alike. */
const noReportsCase = ({ provider: { reports }, call }: ConformanceSubject): ConformanceCase => ({
  name: 'report: none are read, and that is said rather than shown as an empty list',
  run: async () => {
    await assert.rejects(reports.list(call()));
    await assert.rejects(reports.fetch({ id: 'x', businessOn: '2026-01-01' }, call()));
    assert.throws(
      () => reports.parse(new Uint8Array(), { id: 'x', businessOn: '2026-01-01' }),
      UnreadableReport,
    );
  },
});

function fileCases(
  subject: ConformanceSubject,
  sample: NonNullable<ConformanceSubject['report']>,
  reports: PaymentProvider['reports'],
): readonly ConformanceCase[] {
  return [
    {
      name: 'report: a file is listed, fetched and parsed; its lines are numbered and keep their text',
      run: async () => {
        const { ref, bytes, lines } = await sample();
        assert.ok(
          (await reports.list(subject.call())).some(({ id }) => id === ref.id),
          'it is listed',
        );
        assert.ok((await reports.fetch(ref, subject.call())).length > 0, 'it can be fetched');
        const parsed = reports.parse(bytes, ref);
        assert.equal(parsed.length, lines);
        const texts = new TextDecoder().decode(bytes).split('\n');
        for (const line of parsed) {
          assert.equal(line.raw, texts[line.lineNumber - 1]?.replace(/\r$/, ''));
          assert.equal(line.businessOn, ref.businessOn);
          assert.ok(line.amountMinor >= 0n && line.feeMinor >= 0n);
        }
      },
    },
    {
      name: 'report: cut anywhere, it is UnreadableReport that names the line',
      run: async () => {
        const { ref, bytes } = await sample();
        const step = Math.max(1, Math.floor(bytes.length / 200));
        for (let end = 0; end < bytes.length; end += step) {
          assert.throws(() => reports.parse(bytes.subarray(0, end), ref), refusedWithPlace, `cut at ${end}`);
        }
      },
    },
    {
      name: 'report: with a line gone, doubled or one digit of an amount changed, it is UnreadableReport',
      run: async () => {
        const { ref, bytes } = await sample();
        const [first, second] = reports.parse(bytes, ref);
        assert.ok(first && second, 'the sample has two lines');
        const text = new TextDecoder().decode(bytes);
        const amount = first.amountMinor.toString();
        const changed = first.raw.replace(amount, (first.amountMinor + 1n).toString());
        assert.notEqual(changed, first.raw);
        for (const [from, to] of [
          [`${first.raw}\n`, ''],
          [second.raw, `${second.raw}\n${second.raw}`],
          [first.raw, changed],
        ]) {
          const bad = Buffer.from(text.replace(from ?? '', to ?? ''));
          assert.throws(() => reports.parse(bad, ref), refusedWithPlace);
        }
      },
    },
  ];
}
