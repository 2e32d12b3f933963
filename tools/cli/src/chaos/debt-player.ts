import { persistently, until } from '../demo/stage.js';
import type { ChaosWorld } from './chaos-world.js';
import { debtParts, type Wish } from './wishes.js';

/**
 * A deposit that its customer has spent but for a part is disputed and lost; money comes in one part or two.
 * The first may be there before or after payments hears that the ledger has refused the debit.
 */
export const indebt = async (world: ChaosWorld, wish: Wish, intentId: string): Promise<void> => {
  const { stage } = world;
  const { keptMinor, firstMinor, secondMinor } = debtParts(wish);
  const connectionId = stage.tenant.connection.id;
  const reach = (what: string, isThere: (intent: Intent) => boolean): Promise<Intent> =>
    until(`${what} of ${wish.customer}`, async () => {
      const intent = await stage.payments.intent(intentId);
      return isThere(intent) ? intent : undefined;
    });
  const { attempts } = await reach('the deposit', ({ bookings }) =>
    bookings.some(({ kind, state }) => kind === 'deposit' && state === 'booked'),
  );
  await move(world, wish, { name: 'spent', amountMinor: keptMinor - wish.amountMinor });
  const [charge] = attempts;
  const dispute = await stage.provider<{ id: string }>('POST', '/_test/disputes', {
    ...{ connectionId, operationId: charge?.operation_id },
  });
  await reach('the dispute', ({ needs_attention: why }) => why.includes('dispute-uncovered'));
  await stage.provider('POST', `/_test/disputes/${dispute.id}`, { connectionId, to: 'lost' });
  await move(world, wish, { name: 'first', amountMinor: firstMinor });
  if (wish.fate !== 'recovered') return;
  await reach('the debt', ({ bookings }) => bookings.some(({ kind }) => kind === 'debt'));
  await move(world, wish, { name: 'second', amountMinor: secondMinor });
};

type Intent = Awaited<ReturnType<ChaosWorld['stage']['payments']['intent']>>;

/** Money comes to the wallet, or leaves it where the amount is below 0. */
const move = async (
  { stage }: ChaosWorld,
  { customer }: Wish,
  { name, amountMinor }: { readonly name: string; readonly amountMinor: bigint },
): Promise<void> => {
  const wallet = `users:${customer}:main`;
  const posting =
    amountMinor < 0n
      ? { source: wallet, destination: 'world', amount: -amountMinor, asset: 'TRY/2' }
      : { source: 'world', destination: wallet, amount: amountMinor, asset: 'TRY/2' };
  const reference = `${name}:${customer}`;
  const transaction = { postings: [posting], reference };
  await persistently(() => stage.ledger.createTransaction(stage.tenant.ledger, transaction, reference));
};
