import { CheckpointController, CheckpointKeyController } from './checkpoint.controller.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { CheckpointReader } from './checkpoint.read.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { CheckpointSigning, CheckpointTools } from './checkpoint-signing.js';
import { ProofController } from './proof.controller.js';
import { ProofReader } from './proof.read.js';
import { Proofs } from './proofs.js';
import { Verifications } from './verify/verifications.js';
import { VerifyController } from './verify/verify.controller.js';

/** What the role `http` needs to give proofs. */
export const proofControllers = [
  CheckpointController,
  CheckpointKeyController,
  ProofController,
  VerifyController,
];
export const proofProviders = [
  CheckpointKeys,
  CheckpointReader,
  CheckpointSigner,
  ProofReader,
  Proofs,
  Verifications,
];

/** What the role `worker` needs to sign. */
export const signingProviders = [CheckpointKeys, CheckpointSigner, CheckpointTools, CheckpointSigning];
