package dev.claudemesh.protocol.meshes;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Size;

/// A mesh key of one epoch, sealed to one member, and the sealer's signature, so that a broker
/// cannot slip in a key of its own.
public record EpochKey(
    @Doc("Which epoch") @Range(min = 1, max = 1_000_000) int epoch,
    @Doc("crypto_box_seal of the 32-byte key to the member's key, base64url")
        @Size(value = 200, min = 64)
        String sealedKey,
    @Doc("Key of the member who sealed it, hex") @Hex(32) String sealedBy,
    @Doc("ed25519 by the sealer over seal|meshId|epoch|memberPubkey|sealedKey, hex") @Hex(64)
        String signature) {}
