package dev.claudemesh.protocol.meshes;

import dev.claudemesh.protocol.Doc;
import java.util.Optional;

/// A newcomer who waits for a mesh key, with the proofs by which a member can check that they were
/// invited.
public record KeyRequest(
    @Doc("Id of the newcomer") String memberId,
    @Doc("Key of the newcomer, hex") String memberPubkey,
    @Doc("Name of the newcomer") String displayName,
    @Doc("Epoch whose key is missing") int epoch,
    @Doc("How the newcomer came") Optional<InviteProof> invite) {

  /// The signed invite, and the newcomer's own signature that took it.
  public record InviteProof(
      @Doc("1, 2 or 3") int version,
      @Doc("The text that the issuer signed") String canonical,
      @Doc("Key of the issuer, hex") String issuerPubkey,
      @Doc("The issuer's signature, hex") String signature,
      @Doc("The code that was claimed") Optional<String> code,
      @Doc("The newcomer's x25519 key of the claim, base64url")
          Optional<String> recipientX25519Pubkey,
      @Doc("When it was claimed, milliseconds since 1970") Optional<Long> timestamp,
      @Doc("The newcomer's signature over claim|code|recipient|timestamp, hex")
          Optional<String> claimSignature) {}
}
